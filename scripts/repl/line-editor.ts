import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from "node:readline";
import { KEPT_LINES } from "./history.ts";
import { singleKeys } from "./single-keys.ts";

export interface EditorEvents {
  onLine(line: string): void;
  /** Ctrl-C; the line that was being typed, if any, is cleared. */
  onInterrupt(hadText: boolean): void;
  /** Ctrl-D on an empty line, or the end of the input. */
  onLeave(): void;
}

export interface EditorOptions extends EditorEvents {
  /** The newest first. */
  history: string[];
  /** What Tab completes at the start of a line. */
  completions: string[];
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
}

/** A line of this terminal that is edited while output comes above it. */
export class LineEditor {
  readonly #readline: Interface;
  readonly #output: NodeJS.WriteStream;
  #isClosed = false;

  constructor({ input, output, history, completions, ...events }: EditorOptions) {
    this.#output = output;
    this.#readline = createInterface({
      input: singleKeys(input), output, history: [...history], historySize: KEPT_LINES, removeHistoryDuplicates: true, terminal: true, prompt: "",
      completer: (line: string) => [line.startsWith(".") ? completions.filter((each) => each.startsWith(line)) : [], line],
    });
    this.#readline.on("line", (line) => events.onLine(line));
    this.#readline.on("SIGINT", () => events.onInterrupt(this.#clearText()));
    this.#readline.on("close", () => {
      if (!this.#isClosed) events.onLeave();
      this.#isClosed = true;
    });
  }

  /** Shows lines above the one that is being typed, which stays as it is. */
  print(lines: string[]): void {
    this.draw(lines, this.#readline.getPrompt());
  }

  /**
   * Shows lines, and a prompt before what is being typed.
   * @param always draw even when nothing has changed, because the cursor is on a line of its own now
   */
  draw(lines: string[], prompt: string, always = false): void {
    if (this.#isClosed || (lines.length === 0 && prompt === this.#readline.getPrompt() && !always)) return;
    const { rows } = this.#readline.getCursorPos();
    moveCursor(this.#output, 0, -rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    // The editor goes up by the rows above its cursor before it draws: they have to be there.
    this.#output.write(lines.map((line) => `${line}\n`).join("") + "\n".repeat(rows));
    this.#readline.setPrompt(prompt);
    this.#readline.prompt(true);
  }

  close(): void {
    this.#isClosed = true;
    this.#readline.close();
  }

  #clearText(): boolean {
    const hadText = this.#readline.line !== "";
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    return hadText;
  }
}
