import { setTimeout as pause } from "node:timers/promises";
import { asText } from "../espruino-cli/board-line.ts";
import { BoardOutput } from "../terminal/board-output.ts";
import type { BoardLine } from "./board-line.ts";
import { BoardScreen } from "./board-screen.ts";
import { COMMAND_NAMES, isDotCommand, runDotCommand } from "./dot-commands.ts";
import { History } from "./history.ts";
import { LineEditor } from "./line-editor.ts";
import { openLine, type TerminalPort } from "./open-line.ts";
import { Questions } from "./questions.ts";

const CTRL_C = Buffer.from([3]);
/** Lines typed ahead go to the board at its next prompt, or after this when it shows none (it is busy, or its echo is off). */
const HOLD_MS = 1_000;
/** Text without a line end is shown when it has stopped for so long. */
const TEXT_PAUSE_MS = 300;
/** The interpreter for Linux sends each character alone: what looks like a prompt may be the start of a line. */
const PROMPT_PAUSE_MS = 15;
const REBOOT_DEADLINE_MS = 20_000;
const REBOOT_RETRY_MS = 500;
const READY_PROMPT = ">";
const CONTINUED_PROMPT = ":";
const DEBUG_PROMPT = "debug>";

/**
 * A person's terminal at a board, with a line that is edited here and sent whole.
 * @returns exit code 0 when the person left, 1 when the board went away
 */
export function runTerminal(port: TerminalPort, line: BoardLine): Promise<number> {
  return new Terminal(port, line).exitCode;
}

class Terminal {
  readonly exitCode: Promise<number>;
  readonly #port: TerminalPort;
  #line: BoardLine;
  #settle: (exitCode: number) => void = () => {};
  readonly #history = new History();
  readonly #editor: LineEditor;
  readonly #screen = new BoardScreen((line) => this.#onBoardLine(line));
  readonly #output = new BoardOutput((text) => void this.#shown.push(text.slice(0, -1)), "");
  readonly #questions = new Questions((question) => this.#line.write(Buffer.from(`${question}\n`, "latin1")));
  /** Lines that wait to be shown. */
  #shown: string[] = [];
  /** Lines that wait to be sent. */
  #typed: string[] = [];
  /** The board's, as far as it is known; empty while it is busy with a line. */
  #prompt = READY_PROMPT;
  #hold: NodeJS.Timeout | undefined;
  /** Runs when the board has been quiet for a moment. */
  #settled: NodeJS.Timeout | undefined;
  /** Until then a line that ends is that of a board which restarts. */
  #rebootsUntilMs = 0;
  #hasLeft = false;

  constructor(port: TerminalPort, line: BoardLine) {
    this.#port = port;
    this.#line = line;
    this.exitCode = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#editor = new LineEditor({
      input: process.stdin, output: process.stdout, history: this.#history.lines, completions: COMMAND_NAMES,
      onLine: (typed) => this.#onTyped(typed), onInterrupt: (hadText) => this.#onInterrupt(hadText), onLeave: () => this.#leave(0),
    });
    this.#editor.draw([`Connected to ${port.name}. Type JavaScript, or .help; Ctrl-D leaves.`], this.#prompt);
    this.#attach(line);
  }

  #attach(line: BoardLine): void {
    this.#line = line;
    line.onBytes((bytes) => this.#onBytes(bytes));
    void line.ended.then((failure) => this.#onEnded(failure?.message ?? "The board went away."));
  }

  #onBytes(bytes: Uint8Array): void {
    this.#screen.take(Buffer.from(bytes).toString("latin1"));
    this.#draw();
    clearTimeout(this.#settled);
    if (this.#screen.prompt !== undefined) this.#settled = setTimeout(() => this.#onPrompt(), PROMPT_PAUSE_MS);
    else if (this.#screen.hasText) this.#settled = setTimeout(() => this.#onTextPause(), TEXT_PAUSE_MS);
  }

  #onTextPause(): void {
    this.#screen.flush();
    this.#draw();
  }

  #onBoardLine(line: string): void {
    if (this.#questions.take(line)) return;
    // While a question is answered the firmware does not take the prompt away before it prints.
    this.#output.show(asText(this.#questions.isWaiting ? line.replace(/^>/, "") : line));
  }

  #onPrompt(): void {
    const prompt = this.#screen.prompt ?? "";
    if (prompt === DEBUG_PROMPT && this.#prompt !== DEBUG_PROMPT) this.#shown.push("(The firmware's debugger: continue goes on; quit, or Ctrl-C again, ends what ran.)");
    this.#prompt = prompt;
    clearTimeout(this.#hold);
    this.#hold = undefined;
    this.#sendNext();
    this.#draw();
  }

  #onTyped(typed: string): void {
    this.#history.add(typed);
    if (isDotCommand(typed) && this.#prompt !== CONTINUED_PROMPT) {
      void this.#runCommand(typed);
      return;
    }
    this.#typed.push(typed);
    this.#sendNext();
    this.#draw(this.#typed.length > 0);
  }

  #sendNext(): void {
    if (this.#hold !== undefined) return;
    const typed = this.#typed.shift();
    if (typed === undefined) return;
    const bytes = sendable(typed);
    this.#prompt = "";
    this.#screen.awaitEcho(bytes.toString("latin1"));
    this.#line.write(Buffer.concat([bytes, Buffer.from("\n")]));
    this.#hold = setTimeout(() => {
      this.#hold = undefined;
      this.#sendNext();
    }, HOLD_MS);
  }

  async #runCommand(command: string): Promise<void> {
    await runDotCommand(command, {
      ask: async (expression) => (this.#prompt === DEBUG_PROMPT ? undefined : await this.#questions.ask(expression)),
      print: (lines) => void this.#shown.push(...lines),
      reboot: () => {
        this.#rebootsUntilMs = performance.now() + REBOOT_DEADLINE_MS;
        this.#line.write(Buffer.from("\x10E.reboot()\n"));
      },
      leave: () => this.#leave(0),
    });
    this.#draw(true);
  }

  #onInterrupt(hadText: boolean): void {
    if (hadText) return;
    this.#typed = [];
    this.#line.write(CTRL_C);
  }

  async #onEnded(reason: string): Promise<void> {
    if (this.#hasLeft) return;
    if (await this.#reconnect()) return;
    this.#screen.flush();
    this.#editor.print([...this.#shown.splice(0), reason]);
    this.#leave(1);
  }

  async #reconnect(): Promise<boolean> {
    while (performance.now() < this.#rebootsUntilMs && !this.#hasLeft) {
      const line = await openLine(this.#port).catch(() => pause(REBOOT_RETRY_MS, undefined));
      if (!line) continue;
      this.#screen.reset();
      this.#shown.push("Connected again.");
      this.#prompt = READY_PROMPT;
      this.#attach(line);
      this.#draw();
      return true;
    }
    return false;
  }

  #leave(exitCode: number): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    for (const timer of [this.#hold, this.#settled]) clearTimeout(timer);
    this.#questions.cancel();
    this.#editor.close();
    this.#line.close();
    process.stdin.pause();
    process.stdout.write("\n");
    this.#settle(exitCode);
  }

  #draw(always = false): void {
    this.#editor.draw(this.#shown.splice(0), this.#prompt, always);
  }
}

/** Bytes of a typed line. A tab would make the firmware complete names, and other control characters steer its editor. */
function sendable(typed: string): Buffer {
  return Buffer.from(typed.replaceAll("\t", "  ").replace(/[\u0000-\u001f\u007f]/g, ""), "utf8");
}
