import { requireOpen } from "./connect.ts";
import type { NetworkStack } from "./network-stack.ts";
import { bufferedBytes, readBuffered, type SocketObject } from "./socket-object.ts";
import { textOf } from "./text-of-value.ts";

/** Puts the methods of the firmware's `Socket` on a socket. */
export function addSocketMethods(stack: NetworkStack, socket: SocketObject): SocketObject {
  const methods = {
    write: (data?: unknown) => write(stack, socket, data),
    end: (data?: unknown) => end(stack, socket, data),
    read: (count?: unknown) => readBuffered(socket, Math.trunc(Number(count) || 0)),
    available: () => bufferedBytes(socket),
  };
  defineMethods(stack, socket, methods);
  return socket;
}

/** Gives an object methods as the firmware's own classes have them: replaceable, and no loop shows them. */
export function defineMethods(stack: NetworkStack, target: object, methods: object): void {
  for (const [name, value] of Object.entries(stack.runtime.toProgram(methods))) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
  }
}

function write(stack: NetworkStack, socket: SocketObject, data: unknown): false {
  stack.enter(() => append(stack, socket, data));
  return false;
}

function append(stack: NetworkStack, socket: SocketObject, data: unknown): void {
  requireOpen(stack, socket);
  socket.dSnd ??= "";
  if (data !== undefined) socket.dSnd += textOf(data);
}

/** Closes at once when nothing waits to be sent, else after it; closing is full, never half. */
function end(stack: NetworkStack, socket: SocketObject, data: unknown): void {
  if (data !== undefined) write(stack, socket, data);
  stack.enter(() => markForClosing(socket));
}

/** clientRequestEnd. */
export function markForClosing(socket: SocketObject): void {
  if ((socket.dSnd ?? "") === "") socket.clsNow = true;
  socket.cls = true;
}
