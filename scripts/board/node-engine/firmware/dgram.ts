import { connect, locate, openSocket, portOf, requireOpen } from "./connect.ts";
import type { NetworkStack } from "./network-stack.ts";
import { defineMethods, markForClosing } from "./socket-methods.ts";
import { type SocketObject, TYPE_UDP } from "./socket-object.ts";
import { isPlainObject, textOf } from "./text-of-value.ts";
import { packDatagram } from "./udp-packet.ts";

/** The module `dgram`. */
export function createDgram(stack: NetworkStack): object {
  return stack.runtime.toProgram({
    createSocket(type?: unknown, callback?: unknown) {
      const options: Record<string, unknown> = isPlainObject(type) ? type : stack.runtime.toProgram({});
      const socket = connect(stack, options, callback, TYPE_UDP);
      if (socket === undefined) return undefined;
      growReceiveBuffer(stack, options.recvBufferSize);
      return addDatagramMethods(stack, socket);
    },
  });
}

/** The size holds for every socket from then on, and never shrinks. */
function growReceiveBuffer(stack: NetworkStack, size: unknown): void {
  const { transport } = stack;
  transport.receiveBufferBytes = Math.max(transport.receiveBufferBytes, Math.trunc(Number(size) || 0));
}

function addDatagramMethods(stack: NetworkStack, socket: SocketObject): SocketObject {
  const methods = {
    send: (buffer: unknown, ...args: unknown[]) => send(stack, socket, buffer, args),
    bind: (port?: unknown, callback?: unknown) => bind(stack, socket, port, callback),
    close: () => stack.enter(() => markForClosing(socket)),
    addMembership() {},
  };
  defineMethods(stack, socket, methods);
  return socket;
}

/** `send(message, port, address)` or `send(message, offset, length, port, address)`: told apart by the fourth. */
function send(stack: NetworkStack, socket: SocketObject, buffer: unknown, args: unknown[]): void {
  const text = textOf(buffer);
  const isLong = typeof args[2] === "number" || typeof args[2] === "boolean";
  if (!isLong) return queueDatagram(stack, socket, text, args[0], args[1]);
  const offset = Math.trunc(Number(args[0]) || 0);
  const length = Math.trunc(Number(args[1]) || 0);
  queueDatagram(stack, socket, text.slice(offset, offset + length), args[2], args[3]);
}

/** A name that cannot be resolved is no error: the datagram goes nowhere. */
function queueDatagram(stack: NetworkStack, socket: SocketObject, text: string, port: unknown, host: unknown): void {
  stack.enter(() => {
    requireOpen(stack, socket);
    const address = locate(stack, String(host));
    socket.dSnd = (socket.dSnd ?? "") + packDatagram(address, portOf(port), text);
    openSocket(stack, socket);
  });
}

/** Gives the socket. `callback` is queued even when binding failed, but then an InternalError is raised as well. */
function bind(stack: NetworkStack, socket: SocketObject, port: unknown, callback: unknown): SocketObject {
  try {
    stack.enter(() => openBoundSocket(stack, socket, portOf(port)));
  } finally {
    if (typeof callback === "function") stack.runtime.queueCall(callback, socket, [socket]);
  }
  return socket;
}

function openBoundSocket(stack: NetworkStack, socket: SocketObject, port: number): void {
  socket.port = port;
  const sckt = stack.driver.openUdp(port, socket.opt.reuseAddr === true);
  if (sckt === undefined) {
    socket.clsNow = true;
    throw stack.runtime.internalError("Unable to create socket");
  }
  socket.sckt = sckt + 1;
  stack.bound.list.push(socket);
}
