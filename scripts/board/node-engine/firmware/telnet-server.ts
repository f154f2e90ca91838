import type { NetworkStack } from "./network-stack.ts";
import { programError } from "./program-error.ts";
import { isPlainObject, typeName } from "./text-of-value.ts";

/**
 * The module `TelnetServer`. On an ESP32 the server is on from the start; here nothing can connect to it, but it holds
 * one of the ten sockets until the program shuts it.
 */
export function createTelnetServer(stack: NetworkStack, listener: TelnetListener): object {
  return stack.runtime.toProgram({
    setOptions(options?: unknown) {
      if (!isPlainObject(options)) throw programError(stack.runtime, `Expecting Object, got ${typeName(options)}`);
      if (typeof options.mode !== "string") return;
      if (options.mode !== "on" && options.mode !== "off") throw programError(stack.runtime, "Unknown mode value");
      listener.setOpen(options.mode === "on");
    },
  });
}

/** The telnet server's listening socket. */
export class TelnetListener {
  readonly #stack: NetworkStack;
  #sckt: number | undefined;

  constructor(stack: NetworkStack) {
    this.#stack = stack;
    this.setOpen(true);
    stack.runtime.onReset(() => this.setOpen(true));
  }

  setOpen(open: boolean): void {
    if (open) this.#sckt ??= this.#stack.driver.slots.take();
    else this.#release();
  }

  #release(): void {
    if (this.#sckt !== undefined) this.#stack.driver.slots.release(this.#sckt);
    this.#sckt = undefined;
  }
}
