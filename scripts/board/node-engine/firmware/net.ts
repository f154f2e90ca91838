import { connect } from "./connect.ts";
import type { NetworkStack } from "./network-stack.ts";
import { programError } from "./program-error.ts";
import { addSocketMethods } from "./socket-methods.ts";
import { TYPE_TCP } from "./socket-object.ts";

/** The module `net`. Servers are left out: the virtual board has no side that anyone could reach. */
export function createNet(stack: NetworkStack): object {
  return stack.runtime.toProgram({
    connect(options?: unknown, callback?: unknown) {
      const socket = connect(stack, options, callback, TYPE_TCP);
      return socket && addSocketMethods(stack, socket);
    },
    createServer() {
      throw programError(stack.runtime, "net.createServer is not on the virtual board");
    },
  });
}
