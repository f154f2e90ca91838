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

  /** Once in each idle pass: bites or, in automatic mode, kicks. */
  look(): void {
    if (this.#interpreter.clock.uptimeMs() - this.#kickedMs > this.#timeoutMs) {
      this.#timeoutMs = Infinity;
      this.#interpreter.todo = { kind: "reboot", lines: PANIC_LINES };
    } else if (this.#isAutomatic) this.kick();
  }

  /** When it will bite, in ms of uptime. */
  get dueMs(): number {
    return this.#kickedMs + this.#timeoutMs;
  }
}
