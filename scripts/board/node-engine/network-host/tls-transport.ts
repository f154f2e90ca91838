import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { RecordScanner } from "./record-scanner.ts";

/**
 * The TCP connection as node:tls gets it: the bytes are the same, but the records that come in are watched. Its end and
 * its errors are those of the connection.
 */
export class TlsTransport extends Duplex {
  readonly received = new RecordScanner();
  readonly #tcp: Socket;

  constructor(tcp: Socket) {
    super({ allowHalfOpen: true });
    this.#tcp = tcp;
    tcp.on("data", (bytes: Buffer) => this.#deliver(bytes));
    tcp.on("end", () => this.push(null));
    tcp.on("error", (error) => this.destroy(error));
    tcp.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#tcp.write(chunk, (error) => done(error));
  }

  override _final(done: () => void): void {
    done();
  }

  #deliver(bytes: Buffer): void {
    this.received.push(bytes);
    if (!this.push(bytes)) this.#tcp.pause();
  }
}
