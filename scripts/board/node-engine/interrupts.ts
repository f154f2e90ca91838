import { SHARED } from "./shared-memory.ts";

/** What ends a program from outside. */
export type InterruptReason = "Ctrl-C" | "statement limit" | "recursion" | "crash" | "interrupted";

/** Thrown through the program when it is interrupted: it can neither catch it nor run a `finally` on its way. */
export class ExecutionInterrupted {
  readonly reason: InterruptReason;
  constructor(reason: InterruptReason) {
    this.reason = reason;
  }
}

/** Statements between two looks at the Ctrl-C flag: a look costs as much as some ten statements. */
const STATEMENTS_PER_LOOK = 500;

/** The counter in the realm: statements left until the next look. */
export interface StatementWindow {
  remaining(): number;
  set(statements: number): void;
}

/** Counts the program's statements and ends it on Ctrl-C or when a set number of statements has run. */
export class Interrupts {
  readonly #memory: Int32Array;
  #realmWindow: StatementWindow | undefined;
  #size = 1;
  #begun = 0;
  #limit = Infinity;
  /** True from the moment of an interrupt until the idle loop has dealt with it: `finally` blocks look at it. */
  active = false;
  /** While a packet comes in, a byte 3 is data. */
  ignoreCtrlC = false;
  /** Called at each look, so that a program that never idles still prints. */
  onLook: () => void = () => {};

  constructor(memory: Int32Array) {
    this.#memory = memory;
  }

  /** Goes on counting in a new realm. */
  attach(realmWindow: StatementWindow): void {
    this.#begun = this.begun;
    this.#realmWindow = realmWindow;
    this.#open();
  }

  /** Statements begun since power-up. */
  get begun(): number {
    return this.#begun + this.#size - (this.#realmWindow?.remaining() ?? this.#size);
  }

  /** Lets so many more statements run and interrupts the program at the next one; Infinity takes the order back. */
  interruptAfter(statements: number): void {
    this.#begun = this.begun;
    this.#limit = this.#begun + statements;
    this.#open();
  }

  /**
   * Called by the program at the statement that uses up its window.
   * @throws {ExecutionInterrupted} on Ctrl-C or at the ordered statement
   */
  look(): void {
    this.#begun += this.#size;
    this.#open();
    this.onLook();
    if (this.#begun > this.#limit) {
      this.#limit = Infinity;
      this.interrupt("statement limit");
    }
    if (this.takeCtrlC()) this.interrupt("Ctrl-C");
  }

  /**
   * Ends what the program is doing.
   * @throws {ExecutionInterrupted} always
   */
  interrupt(reason: InterruptReason): never {
    this.active = true;
    throw new ExecutionInterrupted(reason);
  }

  /** Takes a waiting Ctrl-C. Inside a packet it is dropped. */
  takeCtrlC(): boolean {
    if (Atomics.load(this.#memory, SHARED.interrupt) === 0) return false;
    Atomics.store(this.#memory, SHARED.interrupt, 0);
    return !this.ignoreCtrlC;
  }

  #open(): void {
    this.#size = Math.max(1, Math.min(STATEMENTS_PER_LOOK, this.#limit - this.#begun + 1));
    this.#realmWindow?.set(this.#size);
  }
}
