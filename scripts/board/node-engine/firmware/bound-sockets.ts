import { deliverDatagram, sendPending } from "./client-sockets.ts";
import type { SocketEvents } from "./socket-events.ts";
import type { SocketObject } from "./socket-object.ts";
import type { SocketTransport } from "./socket-transport.ts";

/**
 * UDP sockets that were bound. The firmware keeps them in its list of server connections (socketServerConnectionsIdle)
 * *and* in the list of clients, so both serve them, and closing tells `end` and `close` twice.
 */
export class BoundSockets {
  readonly list: SocketObject[] = [];
  readonly #transport: SocketTransport;
  readonly #events: SocketEvents;

  constructor(transport: SocketTransport, events: SocketEvents) {
    this.#transport = transport;
    this.#events = events;
  }

  /** Gives whether anything happened. */
  idle(): boolean {
    let active = false;
    for (const socket of [...this.list]) {
      const moved = !socket.clsNow && this.#move(socket);
      const closing = !moved && (socket.clsNow === true || (socket.cls === true && (socket.dSnd ?? "") === ""));
      if (closing) this.#close(socket);
      active ||= moved || closing;
    }
    return active;
  }

  /** Receives one packet and sends one. */
  #move(socket: SocketObject): boolean {
    if (socket.sckt === undefined) return false;
    const sckt = socket.sckt - 1;
    const received = this.#transport.receive(socket, sckt);
    if (typeof received === "string" && received !== "") deliverDatagram(socket, received, this.#events);
    const sent = (socket.dSnd ?? "") === "" ? 0 : sendPending(socket, sckt, this.#transport, this.#events);
    return received !== "" || sent > 0;
  }

  #close(socket: SocketObject): void {
    this.#events.end(socket);
    this.#events.close(socket, false);
    this.#transport.kill(socket);
    this.list.splice(this.list.indexOf(socket), 1);
  }
}
