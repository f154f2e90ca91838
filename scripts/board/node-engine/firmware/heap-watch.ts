import type { BoardMemory } from "../memory/board-memory.ts";
import type { HeapFault } from "../memory/heap.ts";
import type { Runtime } from "../runtime.ts";

/** Message to the board process with a HeapFault. */
export const HEAP_FAULT = "memory.fault";

/**
 * Lets the board crash at the first fault of its heap, and tells the board process of each. A real heap goes on for a
 * while, and then crashes in some other place.
 */
export class HeapWatch {
  readonly #runtime: Runtime;
  #isCorrupt = false;

  constructor(runtime: Runtime, memory: BoardMemory) {
    this.#runtime = runtime;
    memory.onFault = (fault) => this.#take(fault);
  }

  /** After a reboot the heap is sound again. */
  reset(): void {
    this.#isCorrupt = false;
  }

  #take(fault: HeapFault): void {
    this.#runtime.host.send(HEAP_FAULT, fault);
    if (!this.#isCorrupt) this.#runtime.panic(crashLines(fault));
    this.#isCorrupt = true;
  }
}

function crashLines({ message }: HeapFault): string[] {
  return [`CORRUPT HEAP: ${message}`, "abort() was called on core 0", "", "Rebooting..."];
}
