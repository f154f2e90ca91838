/** What the CLI writes before each line that came from the board; its own messages have none. */
const BOARD_PREFIX = "--] ";
/** The firmware wipes the prompt with this before it prints something by itself. */
const ERASE_LINE = "\x1b[J";

/**
 * The board's text in a line of the CLI's output, without prompt and control sequences; undefined for a line of the
 * CLI's own. The CLI prints each byte of the board as one character, so the characters here are bytes.
 */
export function boardLine(cliLine: string): string | undefined {
  if (!cliLine.startsWith(BOARD_PREFIX)) return undefined;
  const line = cliLine.slice(BOARD_PREFIX.length);
  const erased = line.lastIndexOf(ERASE_LINE);
  const text = erased < 0 ? line.replace(/^>\r*$/, "") : line.slice(erased + ERASE_LINE.length);
  return asText(text.replace(/\r/g, ""));
}

/** Bytes in a string to text, where they are UTF-8; else each byte stays a character. */
export function asText(bytes: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return bytes;
  }
}
