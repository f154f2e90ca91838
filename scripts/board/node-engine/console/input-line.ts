import type { Console } from "./console.ts";

/** The line that is being typed, on the terminal and in memory (src/jsinteractive.c). Lines hold bytes. */
export class InputLine {
  text = "";
  cursor = 0;
  /** False after `echo(0)`, and for a line that began with DLE. */
  readonly #echo: () => boolean;
  readonly #console: Console;
  #removed = false;
  #history: string[] = [];

  constructor(console: Console, echo: () => boolean) {
    this.#console = console;
    this.#echo = echo;
    console.removeInputLine = () => this.remove();
  }

  get isShown(): boolean {
    return this.#echo() && !this.#removed;
  }

  /** The terminal shows something else now: the prompt must come back before typing goes on. */
  markRemoved(): void {
    this.#removed = true;
  }

  /** Takes the line off the terminal. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    if (!this.#echo()) return;
    this.#moveCursor(this.cursor, 0);
    this.#console.write("\r\x1b[J");
  }

  /** Puts it back, with its prompt. */
  restore(): void {
    if (!this.#removed) return;
    this.#removed = false;
    if (!this.#echo()) return;
    this.#console.write(">");
    this.#writeContinued(this.text);
    this.#moveCursor(this.text.length, this.cursor);
  }

  /** Empties the line; `visibly` takes it off the terminal too. */
  clear(visibly: boolean): void {
    if (this.text === "") return;
    if (visibly) this.remove();
    this.text = "";
    this.cursor = 0;
  }

  /** What the line starts with at a power-up or reset. */
  reset(): void {
    this.text = "";
    this.cursor = 0;
    this.#history = [];
  }

  get isCursorAtEnd(): boolean {
    return this.text.slice(this.cursor).trim() === "";
  }

  insert(bytes: string): void {
    const rest = this.text.slice(this.cursor);
    this.text = this.text.slice(0, this.cursor) + bytes + rest;
    if (this.isShown && rest !== "") this.#writeToLineEnd(this.text.slice(this.cursor));
    this.cursor += bytes.length;
    if (this.isShown) this.#console.write(bytes);
  }

  /** A line end that does not run the line, at the cursor. */
  insertLineEnd(): void {
    const rest = this.text.slice(this.cursor);
    if (this.isCursorAtEnd) {
      if (this.isShown) this.#console.write("\r\n:");
      this.text += "\n";
      this.cursor++;
      return;
    }
    if (this.isShown) this.#console.write("\x1b[J");
    this.text = `${this.text.slice(0, this.cursor)}\n${rest}`;
    if (this.isShown) {
      this.#writeContinued(`\n${rest}`);
      this.#moveCursor(this.text.length, this.cursor + 1);
    }
    this.cursor++;
  }

  delete(backwards: boolean): void {
    const at = backwards ? this.cursor - 1 : this.cursor;
    if (at < 0 || at >= this.text.length) return;
    const isLineEnd = this.text[at] === "\n";
    if (isLineEnd && this.isShown) {
      this.#console.write("\x1b[J");
      if (backwards) {
        this.#console.write("\x08 ");
        this.#moveCursor(this.cursor, at);
      }
    }
    this.text = this.text.slice(0, at) + this.text.slice(at + 1);
    this.cursor = at;
    if (this.isShown) this.#redrawAfterDelete(isLineEnd, backwards);
  }

  home(): void {
    while (this.cursor > 0 && this.text[this.cursor - 1] !== "\n") {
      if (this.isShown) this.#console.write("\x08");
      this.cursor--;
    }
  }

  end(): void {
    while (this.cursor < this.text.length && this.text[this.cursor] !== "\n") {
      if (this.isShown) this.#console.write(this.text[this.cursor]!);
      this.cursor++;
    }
  }

  left(): void {
    if (this.cursor === 0 || this.text[this.cursor - 1] === "\n") return;
    this.cursor--;
    if (this.isShown) this.#console.write("\x1b[D");
  }

  right(): void {
    if (this.cursor >= this.text.length || this.text[this.cursor] === "\n") return;
    this.cursor++;
    if (this.isShown) this.#console.write("\x1b[C");
  }

  /** Up or down: through the lines of a long input, or through the history. */
  vertical(up: boolean): void {
    const inHistory = this.text === "" || this.#history.includes(this.text);
    if (inHistory && this.cursor === this.text.length) this.#recall(up);
    else this.#moveRow(up ? -1 : 1);
  }

  /** Moves to the first or the last character of all. */
  page(down: boolean): void {
    const to = down ? this.text.length : 0;
    this.#moveCursor(this.cursor, to);
    this.cursor = to;
  }

  remember(line: string): void {
    if (line === "" || line.length > LONGEST_REMEMBERED) return;
    this.#history = [...this.#history.filter((each) => each !== line), line];
  }

  #recall(previous: boolean): void {
    const index = this.#history.indexOf(this.text);
    const next = index < 0 ? (previous ? this.#history.at(-1) : undefined) : this.#history[index + (previous ? -1 : 1)];
    if (next === undefined && previous) return;
    if (this.isShown) {
      this.#moveCursor(this.cursor, 0);
      this.#console.write("\x1b[J");
      this.#writeContinued(next ?? "");
    }
    this.text = next ?? "";
    this.cursor = this.text.length;
  }

  #moveRow(rows: number): void {
    const { row, column } = this.#position(this.cursor);
    const lines = this.text.split("\n");
    const to = Math.min(Math.max(row + rows, 0), lines.length - 1);
    const start = lines.slice(0, to).reduce((sum, line) => sum + line.length + 1, 0);
    const index = start + Math.min(column, lines[to]!.length);
    if (this.isShown) this.#moveCursor(this.cursor, index);
    this.cursor = index;
  }

  #redrawAfterDelete(wasLineEnd: boolean, backwards: boolean): void {
    if (wasLineEnd) {
      this.#writeContinued(this.text.slice(this.cursor));
      this.#moveCursor(this.text.length, this.cursor);
      return;
    }
    if (backwards) this.#console.write("\x08");
    this.#writeToLineEnd(this.text.slice(this.cursor));
  }

  /** Writes what follows the cursor in its line and a space that rubs out, and goes back. */
  #writeToLineEnd(text: string): void {
    const line = text.split("\n")[0]!;
    this.#console.write(`${line} ${"\x08".repeat(line.length + 1)}`);
  }

  #writeContinued(text: string): void {
    this.#console.write(text.replaceAll("\n", "\r\n:"));
  }

  #position(index: number): { row: number; column: number } {
    const lines = this.text.slice(0, index).split("\n");
    return { row: lines.length - 1, column: lines.at(-1)!.length };
  }

  #moveCursor(from: number, to: number): void {
    const a = this.#position(from);
    const b = this.#position(to);
    this.#console.write((b.column > a.column ? "\x1b[C" : "\x1b[D").repeat(Math.abs(b.column - a.column)));
    this.#console.write((b.row > a.row ? "\x1b[B" : "\x1b[A").repeat(Math.abs(b.row - a.row)));
  }
}

/** Longer lines were hardly typed by a person. */
const LONGEST_REMEMBERED = 500;
