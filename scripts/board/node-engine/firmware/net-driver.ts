import type { SocketMessage } from "../network-host/messages.ts";
import { NO_ROUTE_ERRNO, SOCKET_CHANNEL } from "../network-host/messages.ts";
import { fromByteString, toByteString } from "./byte-string.ts";
import type { Runtime } from "../runtime.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { SOCKET_CLOSED } from "./socket-errors.ts";
import { SocketSlots } from "./socket-slots.ts";
import { type Datagram, firstPacket, packReceived } from "./udp-packet.ts";

/** TCP_SND_BUF of ESP-IDF: what `send` takes before the peer has acknowledged. */
const SEND_BUFFER_BYTES = 5744;
/** Datagrams waiting to be read; lwIP drops what comes after (CONFIG_LWIP_UDP_RECVMBOX_SIZE). */
const WAITING_DATAGRAMS = 6;

/** A failure carries the code as the firmware prints it, and whether it has been printed. */
export type HandshakeProgress = "not started" | "running" | "done" | { failed: string; isReported?: boolean };

/** One socket below the firmware, as its driver and its TLS library see it. */
export interface DriverSocket {
  /** Names the socket towards the board process; never used twice. */
  readonly handle: number;
  readonly received: ReceiveBuffer;
  readonly datagrams: Datagram[];
  /** Set once nothing more will come in: what `recv` then returns. */
  closedWith?: { code: number; reset: boolean };
  unacknowledgedBytes: number;
  handshake: HandshakeProgress;
  /** What the server showed, DER, its own first; taken by whoever parses it. */
  peerCertificates?: readonly Uint8Array[] | undefined;
  /** Why the server's certificate would have been refused, in mbedTLS's words. */
  verifyProblems: readonly string[];
}

/**
 * The firmware's network driver (network_esp32.c): socket numbers in front, the board process behind. Opening blocks,
 * as it does on the board; receiving and sending never wait.
 */
export class NetDriver {
  readonly slots = new SocketSlots();
  /** Sockets whose TLS set-up failed. The firmware never closes them: their numbers stay taken, even over a reset. */
  readonly leaked = new Set<number>();
  readonly #runtime: Runtime;
  readonly #sockets = new Map<number, DriverSocket>();
  #lastHandle = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.host.on(SOCKET_CHANNEL, (message) => this.#receive(message as SocketMessage));
    runtime.onReset(() => this.#forgetAll());
  }

  /** Resolves a name, blocking; undefined when there is no such host or no network. */
  resolve(name: string): string | undefined {
    return (this.#runtime.host.call("network.resolve", { name }) as string | null) ?? undefined;
  }

  /** Connects, blocking. Gives the socket's number, or undefined after printing why. */
  connectTcp(address: string, port: number, secure: boolean): number | undefined {
    return this.#open((handle) => {
      const errno = this.#runtime.host.call("tcp.connect", { handle, address, port, secure }) as number;
      if (errno !== 0) this.#printError(`Connect failed (err ${errno ?? NO_ROUTE_ERRNO})`);
      return errno === 0;
    });
  }

  /** Opens a UDP socket on `port` (0: any). Gives its number, or undefined after printing why. */
  openUdp(port: number, reuseAddress: boolean): number | undefined {
    return this.#open((handle) => {
      const isOpen = this.#runtime.host.call("udp.open", { handle, port, reuseAddress }) as boolean;
      if (!isOpen) this.#printError("Socket bind failed");
      return isOpen;
    });
  }

  socket(sckt: number): DriverSocket | undefined {
    return this.#sockets.get(sckt);
  }

  /** At most `limit` bytes; "" when none are there; a negative number when the connection is gone. */
  receive(sckt: number, limit: number, wholeChunksOnly: boolean): string | number {
    const socket = this.#sockets.get(sckt);
    if (socket === undefined) return SOCKET_CLOSED;
    const bytes = socket.received.take(limit, wholeChunksOnly);
    if (bytes.length === 0) return socket.closedWith?.code ?? "";
    this.#runtime.host.send("tcp.consumed", { handle: socket.handle, count: bytes.length });
    return toByteString(bytes);
  }

  /** Number of bytes taken, 0 when the send buffer is full, negative when the connection was reset. */
  send(sckt: number, data: string): number {
    const socket = this.#sockets.get(sckt);
    if (socket === undefined || socket.closedWith?.reset) return SOCKET_CLOSED;
    if (socket.unacknowledgedBytes >= SEND_BUFFER_BYTES) return 0;
    socket.unacknowledgedBytes += data.length;
    this.#runtime.host.send("tcp.send", { handle: socket.handle, bytes: fromByteString(data) });
    return data.length;
  }

  /** The next packet with its header, cut to `limit` bytes; "" when none waits. */
  receiveDatagram(sckt: number, limit: number): string {
    const datagram = this.#sockets.get(sckt)?.datagrams.shift();
    return datagram === undefined ? "" : packReceived(datagram, limit);
  }

  /** Sends the first packet of `data`; gives the bytes it took, header included. */
  sendDatagram(sckt: number, data: string): number {
    const socket = this.#sockets.get(sckt);
    const packet = firstPacket(data);
    if (socket !== undefined && packet.address !== undefined) {
      const { address, port, payload } = packet;
      this.#runtime.host.send("udp.send", { handle: socket.handle, bytes: fromByteString(payload), address, port });
    }
    return packet.bytes;
  }

  close(sckt: number): void {
    const socket = this.#sockets.get(sckt);
    if (socket === undefined) return;
    this.#runtime.host.send("socket.close", { handle: socket.handle, unread: socket.received.length > 0 });
    this.#sockets.delete(sckt);
    this.slots.release(sckt);
  }

  /** A reboot gives the leaked sockets back. */
  reclaimLeaked(): void {
    for (const sckt of this.leaked) this.slots.release(sckt);
    this.leaked.clear();
  }

  #open(start: (handle: number) => boolean): number | undefined {
    const sckt = this.slots.take();
    if (sckt === undefined) {
      this.#printError("Socket creation failed");
      return undefined;
    }
    const handle = ++this.#lastHandle;
    // Registered first: data may be here before the answer is.
    this.#sockets.set(sckt, newDriverSocket(handle));
    if (start(handle)) return sckt;
    this.#sockets.delete(sckt);
    this.slots.release(sckt);
    return undefined;
  }

  #receive(message: SocketMessage): void {
    const socket = this.#socketOf(message.handle);
    if (socket === undefined) return;
    if (message.kind === "data") socket.received.append(message.bytes);
    else if (message.kind === "sent") socket.unacknowledgedBytes -= message.count;
    else if (message.kind === "certificates") socket.peerCertificates = message.chain;
    else if (message.kind === "secure") Object.assign(socket, { handshake: "done", verifyProblems: message.problems });
    else if (message.kind === "handshake-failed") socket.handshake = { failed: message.code };
    else if (message.kind === "closed") socket.closedWith = { code: message.code, reset: message.reset };
    else if (socket.datagrams.length < WAITING_DATAGRAMS) socket.datagrams.push(message);
  }

  #socketOf(handle: number): DriverSocket | undefined {
    for (const socket of this.#sockets.values()) if (socket.handle === handle) return socket;
    return undefined;
  }

  #forgetAll(): void {
    for (const sckt of this.#sockets.keys()) if (!this.leaked.has(sckt)) this.slots.release(sckt);
    this.#sockets.clear();
  }

  #printError(message: string): void {
    this.#runtime.print(`ERROR: ${message}`);
  }
}

function newDriverSocket(handle: number): DriverSocket {
  return {
    handle,
    received: new ReceiveBuffer(),
    datagrams: [],
    unacknowledgedBytes: 0,
    handshake: "not started",
    verifyProblems: [],
  };
}
