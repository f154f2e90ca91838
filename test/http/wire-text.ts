// The notation in which vectors write bytes, so that a reader sees every one of them:
//   \r \n \t \0 \\ \{ \xNN   one byte each
//   {"text" x 9000}          the text (same escapes, and \" for a quote) 9000 times
//   a line break             no byte at all; what ends a line on the wire is written \r\n
// Blanks at a line's end are refused, because nobody sees them: write \x20.

const SINGLE_ESCAPES: Record<string, string> = {
  r: "\r", n: "\n", t: "\t", "0": "\0", "\\": "\\", "{": "{", '"': '"',
};

const REPEAT = /^\{"((?:[^"\\]|\\.)*)" x (\d+)\}/;

/** Takes text in the vector notation and gives the byte string it stands for. Throws an Error that quotes the fault. */
export function wireBytes(text: string): string {
  return text.split("\n").map(lineBytes).join("");
}

function lineBytes(line: string): string {
  if (/[ \t]$/.test(line)) throw new Error(`Cannot read "${line}": blank at the line's end, write it \\x20`);
  let bytes = "";
  let rest = line;
  while (rest.length > 0) {
    const piece = nextPiece(rest);
    bytes += piece.bytes;
    rest = rest.slice(piece.length);
  }
  return bytes;
}

interface Piece {
  bytes: string;
  length: number;
}

function nextPiece(rest: string): Piece {
  if (rest.startsWith("\\")) return escapePiece(rest);
  if (rest.startsWith('{"')) return repeatPiece(rest);
  const character = rest.charAt(0);
  if (!/[\x20-\x7e]/.test(character)) throw new Error(`Cannot read "${rest}": only printable ASCII, write it \\xNN`);
  return { bytes: character, length: 1 };
}

function escapePiece(rest: string): Piece {
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(rest);
  if (hex) return { bytes: String.fromCharCode(parseInt(hex[1] ?? "", 16)), length: hex[0].length };
  const single = SINGLE_ESCAPES[rest.charAt(1)];
  if (single === undefined) throw new Error(`Cannot read "${rest}": no such escape`);
  return { bytes: single, length: 2 };
}

function repeatPiece(rest: string): Piece {
  const match = REPEAT.exec(rest);
  if (!match) throw new Error(`Cannot read "${rest}": {" begins a repeat, write \\{ for the brace itself`);
  return { bytes: lineBytes(match[1] ?? "").repeat(Number(match[2])), length: match[0].length };
}
