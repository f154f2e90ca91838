import { SHARED } from "./shared-memory.ts";

/** Thrown through the program when it is interrupted. The program can neither catch it nor run a `finally` on its way. */
export class ExecutionInterrupted {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Statements between two looks at the Ctrl-C flag: a look costs as much as some ten statements. */
const STATEMENTS_PER_LOOK = 500;

/** Counts the program's statements and ends it on Ctrl-C or when a set number of statements has run. */
export class Interrupts {
  readonly #memory: Int32Array;
  #window = 0;
  #executed = 0;
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

  /** Statements run since power-up, exact at each look and at an interrupt. */
  get executed(): number {
    return this.#executed;
  }

  /** Interrupts the program after `statements` more statements; Infinity takes the order back. */
  interruptAfter(statements: number): void {
    this.#limit = this.#executed + statements;
  }

  /**
   * Called by the program when its window of statements is used up.
   * @returns the size of the next window
   * @throws {ExecutionInterrupted} on Ctrl-C or at the ordered statement
   */
  look(): number {
    this.#executed += this.#window;
    this.onLook();
    if (this.#executed >= this.#limit) {
      this.#limit = Infinity;
      this.interrupt("statement limit");
    }
    if (this.takeCtrlC()) this.interrupt("Ctrl-C");
    this.#window = Math.min(STATEMENTS_PER_LOOK, this.#limit - this.#executed);
    return this.#window;
  }

  /**
   * Ends what the program is doing.
   * @throws {ExecutionInterrupted} always
   */
  interrupt(reason: string): never {
    this.active = true;
    this.#window = 0;
    throw new ExecutionInterrupted(reason);
  }

  /** Takes a waiting Ctrl-C. Inside a packet it is dropped. */
  takeCtrlC(): boolean {
    if (Atomics.load(this.#memory, SHARED.interrupt) === 0) return false;
    Atomics.store(this.#memory, SHARED.interrupt, 0);
    return !this.ignoreCtrlC;
  }
}
