import type { NetDriver } from "./net-driver.ts";
import { type SocketObject, TYPE_TLS, TYPE_UDP } from "./socket-object.ts";
import type { TlsLink } from "./tls-link.ts";

/** What one receive or send of the firmware moves at most (network_esp32.c). */
export const CHUNK_BYTES = 536;

/** netRecv, netSend and netCloseSocket of network.c: one face for TCP, TLS and UDP. */
export class SocketTransport {
  readonly driver: NetDriver;
  readonly tls: TlsLink;
  /** Largest packet the program asked for with `recvBufferSize`; holds for all sockets, as in the firmware. */
  receiveBufferBytes = 0;

  constructor(driver: NetDriver, tls: TlsLink) {
    this.driver = driver;
    this.tls = tls;
  }

  /** At most one chunk; "" when nothing is there; a negative code when the connection is gone. */
  receive(socket: SocketObject, sckt: number): string | number {
    const limit = Math.max(CHUNK_BYTES, this.receiveBufferBytes);
    if (socket.type === TYPE_UDP) return this.driver.receiveDatagram(sckt, limit);
    if (socket.type === TYPE_TLS) return this.tls.receive(sckt, limit);
    return this.driver.receive(sckt, limit, false);
  }

  /** Sends the start of `data`. Gives the bytes taken, 0 when none can be now, a negative code on a lost connection. */
  send(socket: SocketObject, sckt: number, data: string): number {
    if (socket.type === TYPE_UDP) return this.driver.sendDatagram(sckt, data);
    const chunk = data.slice(0, Math.max(CHUNK_BYTES, this.receiveBufferBytes));
    return socket.type === TYPE_TLS ? this.tls.send(sckt, chunk) : this.driver.send(sckt, chunk);
  }

  /** _socketConnectionKill: closes, and leaves the marks of it in the socket. */
  kill(socket: SocketObject): void {
    if (socket.sckt === undefined) return;
    const sckt = socket.sckt - 1;
    if (socket.type === TYPE_TLS) this.tls.free(sckt);
    this.driver.close(sckt);
    delete socket.sckt;
    socket.conn = false;
    socket.cls = true;
  }
}
