import { isStackOverflow } from "./realm/engine-messages.ts";
import { ExecutionInterrupted, type InterruptReason, type Interrupts } from "./interrupts.ts";
import type { Realm } from "./realm.ts";

/** Calls the program from the idle loop, and keeps what goes wrong until the end of the pass. */
export class Calls {
  readonly #interrupts: Interrupts;
  readonly #realm: () => Realm;
  #exception: { value: unknown } | undefined;
  #stopPropagation = false;
  /** Execution was interrupted, and nothing has been said about it yet. */
  interrupted = false;
  /** The same, inside a timer's or an event's callback. */
  interruptedInEvent = false;

  constructor(interrupts: Interrupts, realm: () => Realm) {
    this.#interrupts = interrupts;
    this.#realm = realm;
  }

  /** Keeps an exception for the end of the pass. The last one wins. */
  raise(value: unknown): void {
    this.#exception = { value };
  }

  takeException(): { value: unknown } | undefined {
    const exception = this.#exception;
    this.#exception = undefined;
    return exception;
  }

  /** Later listeners of the event that is being fired are not called. */
  stopPropagation(): void {
    this.#stopPropagation = true;
  }

  /**
   * Runs program code; what it throws is kept for the end of the pass.
   * @returns its value, and whether it ended without exception or interrupt
   */
  run<T>(action: () => T): { ok: true; value: T } | { ok: false } {
    try {
      return { ok: true, value: action() };
    } catch (error) {
      this.#keep(error);
      return { ok: false };
    }
  }

  /**
   * Fires a function, a string of code, or a list of them.
   * @returns false when it was interrupted
   */
  fire(callback: unknown, thisValue: unknown, args: readonly unknown[]): boolean {
    const callbacks = Array.isArray(callback) ? [...(callback as unknown[])] : [callback];
    for (const each of callbacks) {
      if (this.#stopPropagation || this.interrupted) break;
      if (Array.isArray(callback) && !callback.includes(each)) continue;
      this.#callOne(each, thisValue, args);
    }
    this.#stopPropagation = false;
    if (this.interrupted) this.interruptedInEvent = true;
    return !this.interrupted;
  }

  #callOne(callback: unknown, thisValue: unknown, args: readonly unknown[]): void {
    if (typeof callback === "string") this.run(() => this.#realm().evaluate(callback, "event"));
    else if (typeof callback === "function") this.run(() => Reflect.apply(callback, thisValue, args) as unknown);
    else if (callback !== undefined) this.raise(this.#realm().error("Error", UNKNOWN_CALLBACK));
  }

  #keep(error: unknown): void {
    if (error instanceof ExecutionInterrupted) this.#keepInterrupt(error.reason);
    else if (isStackOverflow(error)) this.#keepInterrupt("recursion");
    else this.#keepException(error);
  }

  #keepInterrupt(reason: InterruptReason): void {
    this.#interrupts.active = false;
    this.interrupted = reason !== "crash";
    if (reason === "recursion") this.raise(this.#realm().error("Error", TOO_MUCH_RECURSION));
  }

  /** What comes out may turn out to be an endless recursion after all. */
  #keepException(error: unknown): void {
    try {
      this.raise(this.#realm().caught(error));
    } catch (interrupt) {
      this.#keepInterrupt((interrupt as ExecutionInterrupted).reason);
    }
  }
}

const UNKNOWN_CALLBACK = "Unknown type of callback in Event Queue";
const TOO_MUCH_RECURSION = "Too much recursion - the stack is about to overflow";
