import { hintFor } from "../hints.ts";

const BOARD_PREFIX = "  | ";
const HINT_PREFIX = "    hint: ";

/** Shows what the board prints, told apart from our own lines, with a hint after the first line that has an error code. */
export class BoardOutput {
  #hinted = new Set<string>();
  #write: (text: string) => void;
  #prefix: string;
  #onLine: (line: string) => void;

  /** @param onLine called with each line after it was shown */
  constructor(
    write: (text: string) => void = (text) => void process.stdout.write(text),
    prefix = BOARD_PREFIX,
    onLine: (line: string) => void = () => {},
  ) {
    this.#write = write;
    this.#prefix = prefix;
    this.#onLine = onLine;
  }

  show(line: string): void {
    this.#write(`${this.#prefix}${printable(line)}\n`);
    for (const [code] of line.matchAll(/\bE_[A-Z0-9_]+\b/g)) this.#hint(code);
    this.#onLine(line);
  }

  #hint(code: string): void {
    const hint = hintFor(code);
    if (hint === undefined || this.#hinted.has(code)) return;
    this.#hinted.add(code);
    this.#write(`${HINT_PREFIX}${hint}\n`);
  }
}

/** What a board prints, which may come from a server, without anything that could steer this terminal or turn text around. */
export function printable(line: string): string {
  return line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\u00b7");
}
