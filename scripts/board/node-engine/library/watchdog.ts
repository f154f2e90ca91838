import type { Interpreter } from "../interpreter.ts";

const PANIC_LINES = [
  "E (0) task_wdt: Task watchdog got triggered. The following tasks did not reset the watchdog in time:",
  "E (0) task_wdt:  - espruinoTask (CPU 1)",
  "abort() was called",
  "",
  "Rebooting...",
];

/** The task watchdog: a board that is not kicked in time starts again. It survives a reset, as the chip's own does. */
export class Watchdog {
  readonly #interpreter: Interpreter;
  #timeoutMs = Infinity;
  #isAutomatic = true;
  #kickedMs = 0;

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  enable(timeoutMs: number, isAutomatic: boolean): void {
    this.#timeoutMs = timeoutMs;
    this.#isAutomatic = isAutomatic;
    this.kick();
  }

  kick(): void {
    this.#kickedMs = this.#interpreter.clock.uptimeMs();
  }

  /**
   * Bites when it is overdue: at the end of the pass the board starts again.
   * @returns true when it bites
   */
  bite(): boolean {
    if (this.#interpreter.clock.uptimeMs() - this.#kickedMs <= this.#timeoutMs) return false;
    this.#timeoutMs = Infinity;
    this.#interpreter.panic(PANIC_LINES);
    return true;
  }

  /** The idle loop kicks an automatic one in each pass and after each sleep. */
  kickIfAutomatic(): void {
    if (this.#isAutomatic) this.kick();
  }

  /** When it will bite, in ms of uptime. An automatic one cannot bite while the board sleeps. */
  get dueMs(): number {
    return this.#isAutomatic ? Infinity : this.#kickedMs + this.#timeoutMs;
  }
}
