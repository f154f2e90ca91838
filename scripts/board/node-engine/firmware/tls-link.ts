import type { HandshakeSettings } from "../network-host/messages.ts";
import { type Credentials, parseCredentials } from "./certificate-bytes.ts";
import type { DriverSocket, NetDriver } from "./net-driver.ts";
import { Panic } from "./panic.ts";
import type { Runtime } from "../runtime.ts";
import { SOCKET_CLOSED } from "./socket-errors.ts";
import { createTlsState, findTlsState, freeTlsState, STOCK_SERVER_NAME } from "./tls-state.ts";

/**
 * The TLS half of the firmware's network.c: set-up in `connect`, the handshake in whatever the idle loop does next with
 * the socket, and the plain payload afterwards.
 */
export class TlsLink {
  /** The firmware's global pointer to the network. Every socket function clears it on its way out. */
  isNetworkCurrent = false;
  readonly #runtime: Runtime;
  readonly #driver: NetDriver;
  readonly #credentials = new Map<number, Credentials>();

  constructor(runtime: Runtime, driver: NetDriver) {
    this.#runtime = runtime;
    this.#driver = driver;
  }

  /** ssl_newSocketData: throws what the program sees when `ca`, `cert` or `key` is no DER. */
  open(sckt: number, options: Record<string, unknown>): void {
    createTlsState(this.#runtime, sckt);
    try {
      this.#credentials.set(sckt, parseCredentials(this.#runtime, options));
    } catch (error) {
      freeTlsState(this.#runtime, sckt);
      throw error;
    }
  }

  /** ssl_freeSocketData. */
  free(sckt: number): void {
    freeTlsState(this.#runtime, sckt);
    this.#credentials.delete(sckt);
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

  /** ssl_getSocketData: takes the handshake a step on. Gives the socket when it is over. */
  #progress(sckt: number): DriverSocket | "busy" | "failed" {
    const state = findTlsState(this.#runtime, sckt);
    const socket = this.#driver.socket(sckt);
    if (state === undefined || socket === undefined) throw new Panic("no TLS state");
    if (!state.isConnecting) return socket;
    this.#requireNetwork();
    if (socket.handshake === "not started") this.#start(sckt, socket);
    if (socket.handshake === "done") {
      state.endHandshake();
      return socket;
    }
    return typeof socket.handshake === "object" ? this.#fail(socket.handshake) : "busy";
  }

  #start(sckt: number, socket: DriverSocket): void {
    socket.handshake = "running";
    const settings = handshakeSettings(this.#credentials.get(sckt));
    this.#runtime.host.send("tls.start", { handle: socket.handle, settings });
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

function handshakeSettings(credentials: Credentials | undefined): HandshakeSettings {
  const { certificate, key } = credentials ?? {};
  if (certificate === undefined || key === undefined) return { serverName: STOCK_SERVER_NAME };
  return {
    serverName: STOCK_SERVER_NAME,
    clientCertificate: certificate.toString(),
    clientKey: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
