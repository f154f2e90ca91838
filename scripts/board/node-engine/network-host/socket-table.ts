import type { HostSide } from "../runtime.ts";
import { Connection } from "./connection.ts";
import * as messages from "./messages.ts";
import { connectTcp } from "./tcp-connection.ts";
import { UdpPort } from "./udp-port.ts";

/** The sockets the program has open, by the handle the worker chose. */
export class SocketTable {
  readonly #host: HostSide;
  readonly #hasLink: () => boolean;
  readonly #connections = new Map<number, Connection>();
  readonly #udpPorts = new Map<number, UdpPort>();
  /** Counts resets: a connection that was asked for before one must not outlive it. */
  #generation = 0;

  constructor(host: HostSide, hasLink: () => boolean) {
    this.#host = host;
    this.#hasLink = hasLink;
  }

  get count(): number {
    return this.#connections.size + this.#udpPorts.size;
  }

  /** Gives the error number of `connect`, 0 when the connection stands. */
  async connect(request: messages.ConnectRequest): Promise<number> {
    if (!this.#hasLink()) return messages.NO_ROUTE_ERRNO;
    const generation = this.#generation;
    const tcp = await connectTcp(request.address, request.port);
    if (typeof tcp === "number") return tcp;
    if (generation !== this.#generation) {
      tcp.destroy();
      return messages.NO_ROUTE_ERRNO;
    }
    const connection = new Connection(request.handle, tcp, this.#post);
    this.#connections.set(request.handle, connection);
    connection.onGone(() => this.#connections.delete(request.handle));
    if (!request.secure) connection.startPlain();
    return 0;
  }

  startTls(request: messages.StartTlsRequest): void {
    this.#connections.get(request.handle)?.startTls(request.settings);
  }

  send(request: messages.SendRequest): void {
    this.#connections.get(request.handle)?.send(request.bytes);
  }

  consumed(notice: messages.ConsumedNotice): void {
    this.#connections.get(notice.handle)?.consumed(notice.count);
  }

  /** Gives false when the port is taken. */
  async openUdp(request: messages.OpenUdpRequest): Promise<boolean> {
    const udpPort = await UdpPort.open(request, this.#hasLink, this.#post);
    if (udpPort === undefined) return false;
    this.#udpPorts.set(request.handle, udpPort);
    return true;
  }

  sendDatagram(request: messages.SendDatagramRequest): void {
    this.#udpPorts.get(request.handle)?.send(request.bytes, request.address, request.port);
  }

  close(request: messages.CloseRequest): void {
    this.#connections.get(request.handle)?.close(request.unread);
    this.#udpPorts.get(request.handle)?.close();
    this.#udpPorts.delete(request.handle);
  }

  setLink(up: boolean): void {
    for (const connection of this.#connections.values()) connection.setLink(up);
  }

  closeAll(): void {
    this.#generation++;
    for (const connection of this.#connections.values()) connection.destroy();
    for (const udpPort of this.#udpPorts.values()) udpPort.close();
    this.#connections.clear();
    this.#udpPorts.clear();
  }

  readonly #post = (message: messages.SocketMessage): void => this.#host.post(messages.SOCKET_CHANNEL, message);
}
