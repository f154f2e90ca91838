// What the firmware draws on the console, taken apart: the lines that a program prints, the prompt, and the echo of what was typed.
//
// Before it prints something by itself, the firmware moves to the start of the line being typed (ESC [D, and ESC [A in an input of
// several lines), rubs it out (CR, ESC [J), prints, and then draws prompt and input anew (jsiConsoleRemoveInputLine and
// jsiConsoleReturnInputLine of src/jsinteractive.c, 2v29). So one line is enough of a screen, and the echoed lines above it.

const PROMPTS = [">", ":", "debug>", "password>"];
/** Echo that never came: the firmware shows none for what is typed while something runs. */
const AWAITED_ECHOES = 64;
/** A line that never ends is shown in pieces of this size. */
const LINE_CHARACTERS = 4096;
const CONTROL = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[^[]|[\x00-\x1f]|[^\x00-\x1f]+/g;
/** A control sequence that has begun; a longer one is no sequence. */
const UNFINISHED = /\x1b(\[[0-9;?]{0,16})?$/;

/**
 * Bytes of the console go in, finished lines that are no echo come out. Lines hold bytes as characters. Colours are left out, other
 * control characters stay.
 */
export class BoardScreen {
  /** The unfinished last line, prompt included. */
  line = "";
  readonly #onLine: (line: string) => void;
  #column = 0;
  #rest = "";
  #awaited: string[] = [];
  /** Echoed lines above, of an input of several lines. */
  #echoed: string[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The prompt, when the board shows nothing but that. */
  get prompt(): string | undefined {
    return PROMPTS.includes(this.line) ? this.line : undefined;
  }

  /** Whether the last line is text of a program, without an end so far. */
  get hasText(): boolean {
    return this.line !== "" && !PROMPTS.some((prompt) => this.line.startsWith(prompt)) && !this.#awaited.some((typed) => typed.startsWith(this.line));
  }

  /** Expects the echo of a line that is being sent. */
  awaitEcho(typed: string): void {
    this.#awaited.push(typed);
    if (this.#awaited.length > AWAITED_ECHOES) this.#awaited.shift();
  }

  /** Gives text of a program as a line, though its end has not come. */
  flush(): void {
    if (!this.hasText) return;
    this.#onLine(this.line);
    this.#set("");
  }

  /** Forgets what is half done, for a board that starts anew. */
  reset(): void {
    this.#set("");
    this.#rest = "";
    this.#awaited = [];
    this.#echoed = [];
  }

  take(bytes: string): void {
    const text = this.#rest + bytes;
    this.#rest = UNFINISHED.exec(text)?.[0] ?? "";
    const whole = text.slice(0, text.length - this.#rest.length);
    for (const [piece] of whole.matchAll(CONTROL)) this.#takePiece(piece);
  }

  #takePiece(piece: string): void {
    if (piece === "\n") this.#finish();
    else if (piece === "\r") this.#column = 0;
    else if (piece === "\b") this.#column = Math.max(this.#column - 1, 0);
    else if (piece === "\x1b[J") this.line = this.line.slice(0, this.#column);
    else if (piece === "\x1b[A") this.#goUp();
    else if (piece === "\x1b[D") this.#column = Math.max(this.#column - 1, 0);
    else if (piece === "\x1b[C") this.#column++;
    else if (!piece.startsWith("\x1b[")) this.#write(piece);
  }

  #write(text: string): void {
    this.line = this.line.slice(0, this.#column).padEnd(this.#column) + text + this.line.slice(this.#column + text.length);
    this.#column += text.length;
    if (this.line.length > LINE_CHARACTERS) this.#finish();
  }

  #finish(): void {
    const line = this.line;
    this.#set("");
    const echo = this.#awaited.findIndex((typed) => line === typed || PROMPTS.some((prompt) => line === prompt + typed));
    if (echo >= 0) {
      this.#echoed.push(line);
      this.#awaited.splice(0, echo + 1);
    } else {
      this.#echoed = [];
      if (!PROMPTS.includes(line)) this.#onLine(line);
    }
  }

  /** Back into the input: its lines will be echoed once more. */
  #goUp(): void {
    const line = this.#echoed.pop();
    if (line === undefined) return;
    this.line = line;
    this.#awaited.unshift(line.replace(/^(>|:)/, ""));
  }

  #set(line: string): void {
    this.line = line;
    this.#column = line.length;
  }
}
