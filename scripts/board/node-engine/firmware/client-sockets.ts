import type { Runtime } from "../runtime.ts";
import { pushData } from "./push-data.ts";
import type { SocketEvents } from "./socket-events.ts";
import { SOCKET_CLOSED, SOCKET_UNSENT_DATA } from "./socket-errors.ts";
import { type SocketObject, TYPE_UDP } from "./socket-object.ts";
import type { SocketTransport } from "./socket-transport.ts";
import { firstPacket } from "./udp-packet.ts";

/** Outcome of one socket's turn. */
interface Turn {
  closing: boolean;
  error: number;
  /** Received data that nobody has taken. */
  unread: string;
  /** Something moved: another pass should follow at once. */
  active: boolean;
}

/**
 * The list of the program's sockets and their turn in each idle pass: socketClientConnectionsIdle of socketserver.c,
 * step for step, because the order of its steps is the order of the events. Each socket sends at most one chunk and
 * receives at most one.
 */
export class ClientSockets {
  readonly list: SocketObject[] = [];
  readonly #runtime: Runtime;
  readonly #transport: SocketTransport;
  readonly #events: SocketEvents;

  constructor(runtime: Runtime, transport: SocketTransport, events: SocketEvents) {
    this.#runtime = runtime;
    this.#transport = transport;
    this.#events = events;
  }

  /** Gives whether anything happened. Sockets opened by a `data` handler get their turn in the same pass. */
  idle(): boolean {
    let active = false;
    for (let index = 0; index < this.list.length; index++) {
      const socket = this.list[index] as SocketObject;
      const turn: Turn = { closing: socket.clsNow === true, error: 0, unread: "", active: false };
      if (socket.sckt !== undefined) this.#takeTurn(socket, socket.sckt - 1, turn);
      const closed = turn.closing && this.#close(socket, turn);
      if (closed) index--;
      active ||= turn.active || closed;
    }
    return active;
  }

  #takeTurn(socket: SocketObject, sckt: number, turn: Turn): void {
    // The firmware forgets to clear the property itself, and so delivers the data again in the next pass.
    turn.unread = this.#push(socket, socket.dRcv ?? "", false);
    turn.active ||= turn.unread !== (socket.dRcv ?? "");
    if (turn.closing) return;
    const hadDataToSend = (socket.dSnd ?? "") !== "";
    if (hadDataToSend) this.#sendChunk(socket, sckt, turn);
    else if (socket.cls) turn.closing = true;
    this.#receiveChunk(socket, sckt, turn);
  }

  #sendChunk(socket: SocketObject, sckt: number, turn: Turn): void {
    const result = sendPending(socket, sckt, this.#transport, this.#events);
    if (result < 0) Object.assign(turn, { closing: true, error: result });
    turn.active ||= result > 0;
  }

  #receiveChunk(socket: SocketObject, sckt: number, turn: Turn): void {
    const wasConnected = socket.conn === true;
    const received = this.#transport.receive(socket, sckt);
    if (typeof received === "number") return void Object.assign(turn, { closing: true, error: received });
    if (!wasConnected) this.#announceConnection(socket, turn);
    if (received === "") return;
    turn.active = true;
    turn.unread = this.#deliver(socket, turn.unread + received);
    socket.dRcv = turn.unread;
  }

  #announceConnection(socket: SocketObject, turn: Turn): void {
    this.#events.connect(socket);
    socket.conn = true;
    if ((socket.dSnd ?? "") === "") this.#events.drain(socket);
    turn.active = true;
  }

  /** Gives what could not be handed on. */
  #deliver(socket: SocketObject, data: string): string {
    if (socket.type === TYPE_UDP) return deliverDatagram(socket, data, this.#events);
    socket.hdrs = true;
    return this.#push(socket, data, false);
  }

  /** Gives what could not be handed on. */
  #push(socket: SocketObject, data: string, force: boolean): string {
    if (data === "") return "";
    return pushData(this.#runtime, socket, data, force) ? "" : data;
  }

  /** Gives false while unread data keeps the socket open. */
  #close(socket: SocketObject, { unread, error }: Turn): boolean {
    if (this.#push(socket, unread, true) !== "") return false;
    const isUnsent = error === SOCKET_CLOSED && (socket.dSnd ?? "") !== "";
    this.#transport.kill(socket);
    this.list.splice(this.list.indexOf(socket), 1);
    const hadError = this.#events.error(socket, isUnsent ? SOCKET_UNSENT_DATA : error);
    if (!socket.endd) this.#events.end(socket);
    socket.endd = true;
    this.#events.close(socket, hadError);
    return true;
  }
}

/** socketSendData: sends one chunk, queues `drain` when it was the last. Gives bytes sent or a negative code. */
export function sendPending(
  socket: SocketObject,
  sckt: number,
  transport: SocketTransport,
  events: SocketEvents,
): number {
  const pending = socket.dSnd ?? "";
  const sent = transport.send(socket, sckt, pending);
  if (sent <= 0) return sent;
  socket.dSnd = pending.slice(sent);
  if (socket.dSnd === "" && !socket.cls) events.drain(socket);
  return sent;
}

/** socketReceivedUDP: queues `message` for the packet in `data`. Gives what is left. */
export function deliverDatagram(socket: SocketObject, data: string, events: SocketEvents): string {
  const packet = firstPacket(data);
  events.message(socket, packet.payload, {
    address: packet.address ?? "0.0.0.0",
    port: packet.port,
    size: packet.payload.length,
  });
  return data.slice(packet.bytes);
}
