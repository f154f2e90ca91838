/** What waits to be called at the end of an idle pass. */
interface QueuedCall {
  /** A function, a string of code, or a list of them. */
  callback: unknown;
  thisValue: unknown;
  args: unknown[];
}

/** The interpreter's event queue: emitted events and promise reactions, first in, first out. */
export class EventQueue {
  #calls: QueuedCall[] = [];

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  push(callback: unknown, thisValue: unknown, args: unknown[]): void {
    this.#calls.push({ callback, thisValue, args });
  }

  shift(): QueuedCall | undefined {
    return this.#calls.shift();
  }

  clear(): void {
    this.#calls = [];
  }
}
