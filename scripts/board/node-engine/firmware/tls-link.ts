import type { BoardMemory } from "../memory/board-memory.ts";
import { OutOfHeap } from "../memory/heap.ts";
import { beginHandshake, finishHandshake, receiveCertificates } from "../memory/tls-handshake.ts";
import type { TlsImage } from "../memory/tls-image.ts";
import { releaseTls } from "../memory/tls-release.ts";
import type { Runtime } from "../runtime.ts";
import { parseCredentials } from "./certificate-bytes.ts";
import { HeapWatch } from "./heap-watch.ts";
import type { DriverSocket, NetDriver } from "./net-driver.ts";
import { crash, Panic } from "./panic.ts";
import { SOCKET_CLOSED } from "./socket-errors.ts";
import { startHandshake } from "./tls-handshake-start.ts";
import { createTlsState, isTlsStateThere, removeTlsState } from "./tls-state.ts";

/** What the TLS library stands on. */
export interface TlsParts {
  memory: BoardMemory;
  /** The interpreter's `rand()`: the firmware's source of randomness. */
  random: () => number;
}

/**
 * The TLS half of the firmware's network.c: set-up in `connect`, the handshake in whatever the idle loop does next with
 * the socket, and the plain payload afterwards.
 */
export class TlsLink {
  /** The firmware's global pointer to the network. Every socket function clears it on its way out. */
  isNetworkCurrent = false;
  readonly #runtime: Runtime;
  readonly #driver: NetDriver;
  readonly #parts: TlsParts;
  readonly #heapWatch: HeapWatch;
  readonly #images = new Map<number, TlsImage>();

  constructor(runtime: Runtime, driver: NetDriver, parts: TlsParts) {
    this.#runtime = runtime;
    this.#driver = driver;
    this.#parts = parts;
    this.#heapWatch = new HeapWatch(runtime, parts.memory);
  }

  /** ssl_newSocketData: throws what the program sees when `ca`, `cert` or `key` is no DER, or memory is short. */
  open(sckt: number, options: Record<string, unknown>): void {
    const image = this.#create(sckt);
    this.#images.set(sckt, image);
    try {
      image.setUp(parseCredentials(this.#runtime, options), this.#parts.random);
    } catch (error) {
      this.free(sckt);
      throw error instanceof OutOfHeap ? this.#runtime.internalError("mbedtls_ssl_setup: Not enough memory") : error;
    }
  }

  /** ssl_freeSocketData: frees nothing when the program has taken the state away. */
  free(sckt: number): void {
    const image = this.#images.get(sckt);
    if (image === undefined) return;
    this.#images.delete(sckt);
    const isThere = isTlsStateThere(this.#runtime, image);
    removeTlsState(this.#runtime, image);
    if (isThere) releaseTls(image);
    else this.#parts.memory.heap.reportLeaks(sckt);
  }

  /** What a reset does. A reboot empties the RAM instead. */
  freeAll(isReboot: boolean): void {
    if (isReboot) {
      this.#images.clear();
      this.#parts.memory.clear();
      this.#heapWatch.reset();
    }
    try {
      for (const sckt of [...this.#images.keys()]) this.free(sckt);
    } catch (error) {
      if (!(error instanceof Panic)) throw error;
      this.crash(error);
    }
  }

  crash(panic: Panic): void {
    crash(this.#runtime, this.#parts.memory.chip, panic);
  }

  receive(sckt: number, limit: number): string | number {
    const socket = this.#progress(sckt);
    if (socket === "busy") return "";
    if (socket === "failed") return SOCKET_CLOSED;
    if (socket.received.length === 0) this.#requireNetwork();
    return this.#driver.receive(sckt, limit, true);
  }

  send(sckt: number, data: string): number {
    const socket = this.#progress(sckt);
    if (socket === "busy") return 0;
    if (socket === "failed") return SOCKET_CLOSED;
    this.#requireNetwork();
    return this.#driver.send(sckt, data);
  }

  #create(sckt: number): TlsImage {
    try {
      return createTlsState(this.#runtime, this.#parts.memory, sckt);
    } catch (error) {
      if (!(error instanceof OutOfHeap)) throw error;
      throw this.#runtime.internalError("Not enough memory to allocate SSL socket");
    }
  }

  /** ssl_getSocketData: takes the handshake a step on. Gives the socket when it is over. */
  #progress(sckt: number): DriverSocket | "busy" | "failed" {
    const image = this.#images.get(sckt);
    const socket = this.#driver.socket(sckt);
    if (image === undefined || socket === undefined || !isTlsStateThere(this.#runtime, image)) throw new Panic("no TLS state");
    if (!image.isConnecting) return socket;
    this.#requireNetwork();
    if (socket.handshake === "not started") this.#start(image, socket);
    if (socket.peerCertificates !== undefined) this.#takeCertificates(image, socket);
    if (socket.handshake === "done") return this.#finish(image, socket);
    return typeof socket.handshake === "object" ? this.#fail(socket.handshake) : "busy";
  }

  #start(image: TlsImage, socket: DriverSocket): void {
    socket.handshake = "running";
    startHandshake(this.#runtime, image, socket.handle);
    beginHandshake(image);
  }

  #takeCertificates(image: TlsImage, socket: DriverSocket): void {
    const chain = socket.peerCertificates ?? [];
    socket.peerCertificates = undefined;
    receiveCertificates(image, chain);
  }

  /** With verification "optional" it is the firmware that refuses, after the handshake. */
  #finish(image: TlsImage, socket: DriverSocket): DriverSocket | "failed" {
    if (socket.verifyProblems.length === 0) {
      finishHandshake(image);
      return socket;
    }
    const problems = socket.verifyProblems.map((problem) => `  ! ${problem}\n`).join("");
    this.#runtime.throwInIdle(this.#runtime.internalError(`mbedtls_x509_crt_verify: ${problems}`));
    return "failed";
  }

  /** Of several exceptions in one pass the firmware keeps the first, and a failed handshake fails in each call. */
  #fail(handshake: { failed: string; isReported?: boolean }): "failed" {
    if (!handshake.isReported) {
      this.#runtime.throwInIdle(this.#runtime.internalError(`mbedtls_ssl_handshake returned ${handshake.failed}`));
    }
    handshake.isReported = true;
    return "failed";
  }

  /** mbedTLS calls back through the firmware's global pointer: a null one is the end of the board. */
  #requireNetwork(): void {
    if (!this.isNetworkCurrent) throw new Panic("no current network");
  }
}
