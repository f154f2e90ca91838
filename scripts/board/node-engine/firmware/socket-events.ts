import type { Runtime } from "../runtime.ts";
import { SOCKET_CLOSED, socketErrorMessage } from "./socket-errors.ts";
import type { SocketObject } from "./socket-object.ts";

/** The events of a socket. All but `data` are queued and fire after the sockets of the pass. */
export class SocketEvents {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  connect(socket: SocketObject): void {
    this.#runtime.queueEvent(socket, "connect", [socket]);
  }

  drain(socket: SocketObject): void {
    this.#runtime.queueEvent(socket, "drain", [socket]);
  }

  /** A closed connection is no error to the firmware. Gives whether the event was queued. */
  error(socket: SocketObject, code: number): boolean {
    if (code >= 0 || code === SOCKET_CLOSED) return false;
    const details = this.#runtime.toProgram({ code, message: socketErrorMessage(code) });
    this.#runtime.queueEvent(socket, "error", [details]);
    return true;
  }

  end(socket: SocketObject): void {
    this.#runtime.queueEvent(socket, "end", []);
  }

  close(socket: SocketObject, hadError: boolean): void {
    this.#runtime.queueEvent(socket, "close", [hadError]);
  }

  message(socket: SocketObject, payload: string, info: { address: string; port: number; size: number }): void {
    this.#runtime.queueEvent(socket, "message", [payload, this.#runtime.toProgram(info)]);
  }
}
