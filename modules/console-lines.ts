// Text of any length on the console, line by line as it comes, with no more of it in memory than one piece.

// A console is 80 to 120 columns wide; a longer line is shown in pieces.
const PIECE_BYTES = 100;
// With a CR at its end a line may be that much longer, so that what is printed does not depend on how the bytes are split.
const LINE_BYTES = PIECE_BYTES + 1;

/** @internal */
export interface ConsoleLines {
  /** Before each line, so that no text of a stranger looks like a line of the program's own. */
  mark: string;
  pending: string;
}

// What a terminal would obey is shown as a dot, but for tabs; bytes above 7F are left, they are UTF-8.
function show(lines: ConsoleLines, line: string): void {
  console.log(lines.mark + line.replace(/\r$/, "").replace(/[\0-\x08\n-\x1f\x7f]/g, "."));
}

/** Lines that begin with `mark` on the console. */
export function createConsoleLines(mark: string): ConsoleLines {
  return { mark, pending: "" };
}

// Not in the middle of a character: its bytes behind the first, at most three, are 10xxxxxx (RFC 3629 3).
function pieceEnd(text: string, wanted: number): number {
  let end = wanted;
  while (end > wanted - 3 && text.charCodeAt(end) >> 6 === 2) end--;
  return end;
}

/** Prints the lines that are whole with these bytes, and all but the last piece of a long one. */
export function printBytes(lines: ConsoleLines, bytes: string): void {
  const text = lines.pending + bytes;
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.indexOf("\n", at);
    const stop = lineEnd < 0 ? text.length : lineEnd;
    const isLong = stop - at > LINE_BYTES;
    if (!isLong && lineEnd < 0) break;
    const end = isLong ? pieceEnd(text, at + PIECE_BYTES) : stop;
    show(lines, text.substring(at, end));
    at = isLong ? end : stop + 1;
  }
  lines.pending = text.substr(at);
}

/** Prints what is left: a last line without an end. */
export function endLines(lines: ConsoleLines): void {
  if (lines.pending !== "") show(lines, lines.pending);
  lines.pending = "";
}
