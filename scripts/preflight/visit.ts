import { createConnection, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { RecordScanner } from "../board/node-engine/network-host/record-scanner.ts";
import { HandshakeReader } from "../certificates/handshake-reader.ts";
import { readFlight, type ServerFlight } from "./server-flight.ts";

export interface VisitOptions {
  /** IPv4. */
  address: string;
  port: number;
  /** SNI; `false`: none is sent. */
  serverName: string | false;
  /** What is offered; a client's certificate and key. */
  tls: ConnectionOptions;
  /** For the handshake. */
  timeoutMs: number;
  /** For the answer; default: the same. */
  answerTimeoutMs?: number;
  /** Sent as soon as the handshake is over. */
  request?: VisitRequest;
}

export interface VisitRequest {
  bytes: Buffer;
  /** DER of the server's certificate that the request is for: no other server gets it. */
  onlyTo: Buffer;
  /** Takes bytes of the answer; true: that was all. */
  onBytes(bytes: Buffer): boolean;
}

/**
 * How a visit ended: "secure" (the handshake; and the answer, if one was asked for, see `answerEnd`), or before that: nothing listens,
 * no way there, TCP or TLS not in time, a fatal alert, bytes that are no TLS, closed, or not to our own library's liking.
 */
export type VisitEnd = "secure" | "refused" | "unreachable" | "no-connection" | "timeout" | "alert" | "not-tls" | "closed" | "failed";

/** "clean": told by TLS (close_notify). "truncatable": the connection just ended. */
export type AnswerEnd = "whole" | "clean" | "truncatable" | "timeout" | "another server";

export interface Visit extends ServerFlight {
  end: VisitEnd;
  /** What was connected with: "TLSv1.2", OpenSSL's name of the suite. */
  protocol?: string;
  suite?: string;
  /** RFC 5246 7.2. */
  alert?: number;
  /** The library's words, for "failed", "refused" and "unreachable". */
  reason?: string;
  answerEnd?: AnswerEnd;
  tookMs: number;
}

/**
 * Connects to a server once, and asks it something if that is wanted. Nothing is verified: what the server showed is in the answer.
 * Never rejects.
 */
export function visit(options: VisitOptions): Promise<Visit> {
  return new Promise((resolve) => new Connection(options, resolve));
}

class Connection {
  readonly #options: VisitOptions;
  readonly #resolve: (visit: Visit) => void;
  readonly #raw: Socket;
  readonly #reader = new HandshakeReader();
  readonly #records = new RecordScanner();
  readonly #startMs = Date.now();
  #timer: NodeJS.Timeout;
  #flight: Partial<ServerFlight> = {};
  #alert: number | undefined;
  #secure: TLSSocket | undefined;
  #isSecure = false;
  #isOver = false;

  constructor(options: VisitOptions, resolve: (visit: Visit) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#raw = createConnection({ host: options.address, port: options.port });
    this.#timer = setTimeout(() => this.#finish(this.#raw.connecting ? "no-connection" : "timeout"), options.timeoutMs);
    this.#raw.once("connect", () => this.#shakeHands());
    this.#raw.on("error", (error: NodeJS.ErrnoException) => this.#onRawError(error));
  }

  #onRawError(error: NodeJS.ErrnoException): void {
    if (this.#secure) return;
    this.#finish(error.code === "ECONNREFUSED" ? "refused" : "unreachable", error.code ?? error.message);
  }

  #shakeHands(): void {
    const { tls, serverName } = this.#options;
    const tapped = this.#tap();
    try {
      this.#secure = connect({
        ...tls, socket: tapped, servername: serverName || "", rejectUnauthorized: false, checkServerIdentity: () => undefined,
      });
    } catch (error) {
      // A client key that does not belong to its certificate.
      return this.#finish("failed", (error as Error).message);
    }
    const socket = this.#secure;
    socket.once("secureConnect", () => this.#onSecure(socket));
    socket.on("error", (error: NodeJS.ErrnoException) => this.#onEnd(error));
    socket.once("end", () => this.#onEnd());
    socket.once("close", () => this.#onEnd());
  }

  /** A stream over the socket that shows what comes from the server before OpenSSL sees it. */
  #tap(): Duplex {
    const raw = this.#raw;
    const tapped = new Duplex({
      read() {},
      write: (bytes: Buffer, _encoding, done) => void raw.write(bytes, () => done()),
      destroy: (_error, done) => done(null),
    });
    raw.on("data", (bytes: Buffer) => {
      this.#records.push(bytes);
      this.#look(bytes);
      if (!this.#isOver) tapped.push(bytes);
    });
    raw.once("end", () => tapped.push(null));
    raw.on("error", () => this.#onEnd());
    raw.once("close", () => this.#onEnd());
    return tapped;
  }

  #look(bytes: Buffer): void {
    if (this.#isSecure) return;
    for (let flight = this.#reader.push(bytes); flight; flight = this.#reader.push(Buffer.alloc(0))) {
      if (flight.kind === "not-tls") return this.#finish("not-tls", sample(flight.bytes));
      if (flight.kind === "certificates") this.#flight = flight;
      else this.#alert = flight.code;
    }
  }

  #onSecure(socket: TLSSocket): void {
    const { request, timeoutMs, answerTimeoutMs = timeoutMs } = this.#options;
    if (this.#isOver) return;
    this.#isSecure = true;
    if (!request) return this.#finish("secure");
    if (!this.#flight.certificates?.[0]?.equals(request.onlyTo)) return this.#finish("secure", undefined, "another server");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish("secure", undefined, "timeout"), answerTimeoutMs);
    socket.on("data", (bytes: Buffer) => {
      if (!this.#isOver && request.onBytes(bytes)) this.#finish("secure", undefined, "whole");
    });
    socket.write(request.bytes);
  }

  #onEnd(error?: NodeJS.ErrnoException): void {
    if (this.#isOver) return;
    if (this.#isSecure) return this.#finish("secure", undefined, this.#records.endedWithAlert ? "clean" : "truncatable");
    if (this.#alert !== undefined) return this.#finish("alert");
    const isOurs = error?.code?.startsWith("ERR_SSL_") ?? false;
    this.#finish(isOurs ? "failed" : "closed", isOurs ? error!.code : undefined);
  }

  #finish(end: VisitEnd, reason?: string, answerEnd?: AnswerEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const isSecure = end === "secure";
    this.#resolve({
      ...readFlight(this.#reader.messages, this.#flight),
      end,
      ...(isSecure ? { protocol: this.#secure!.getProtocol() ?? undefined, suite: this.#secure!.getCipher().name } : {}),
      ...(this.#alert === undefined || isSecure ? {} : { alert: this.#alert }),
      ...(reason === undefined ? {} : { reason }),
      ...(answerEnd === undefined ? {} : { answerEnd }),
      tookMs: Date.now() - this.#startMs,
    });
    this.#secure?.destroy();
    this.#raw.destroy();
  }
}

function sample(bytes: Buffer): string {
  const text = bytes.subarray(0, 16).toString("latin1");
  return /^[\x20-\x7e\r\n]+$/.test(text) ? JSON.stringify(text) : `bytes ${bytes.subarray(0, 8).toString("hex")}`;
}
