import { connect } from "./connect.ts";
import type { NetworkStack } from "./network-stack.ts";
import { addSocketMethods } from "./socket-methods.ts";
import { TYPE_TLS } from "./socket-object.ts";

/** The module `tls`. */
export function createTls(stack: NetworkStack): object {
  return stack.runtime.toProgram({
    connect(options?: unknown, callback?: unknown) {
      const socket = connect(stack, options, callback, TYPE_TLS);
      return socket && addSocketMethods(stack, socket);
    },
  });
}
