import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { HandshakeReader, type ServerFlight } from "./handshake-reader.ts";
import { RecordScanner } from "./record-scanner.ts";

/**
 * The TCP connection as node:tls gets it: the bytes are the same, but the records that come in are watched. Its end and
 * its errors are those of the connection.
 */
export class TlsTransport extends Duplex {
  readonly received = new RecordScanner();
  readonly #tcp: Socket;
  readonly #handshake: HandshakeReader;
  #isRefused = false;

  /** `onFlight` sees the server's certificates before node:tls does. */
  constructor(tcp: Socket, onFlight: (flight: ServerFlight) => void) {
    super({ allowHalfOpen: true });
    this.#tcp = tcp;
    this.#handshake = new HandshakeReader(onFlight);
    tcp.on("data", (bytes: Buffer) => this.#deliver(bytes));
    tcp.on("end", () => this.push(null));
    tcp.on("error", (error) => this.destroy(error));
    tcp.on("close", () => this.destroy());
  }

  /** Ends the handshake: node:tls gets no more of the connection. `alert` is the last that leaves. */
  refuse(alert: Uint8Array | undefined): void {
    this.#isRefused = true;
    if (alert) this.#tcp.write(alert);
    this.destroy();
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isRefused) return done();
    this.#tcp.write(chunk, (error) => done(error));
  }

  override _final(done: () => void): void {
    done();
  }

  #deliver(bytes: Buffer): void {
    this.received.push(bytes);
    this.#handshake.push(bytes);
    if (this.#isRefused) return;
    if (!this.push(bytes)) this.#tcp.pause();
  }
}
