import { CONTENT_TYPE, RECORD_HEADER_BYTES } from "./tls-records.ts";

const HANDSHAKE_HEADER_BYTES = 4;
const LENGTH_BYTES = 3;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;

/** What the server shows of itself before anything is encrypted. */
export interface ServerFlight {
  /** Major and minor version that the server chose. */
  version: [number, number];
  /** DER, the server's own certificate first. */
  chain: Uint8Array[];
  /** A message up to the Certificate came in several records, as all above 16 KB must: mbedTLS 2 takes none such. */
  isFragmented: boolean;
}

/**
 * Finds the server's Certificate message in the records that come in (RFC 5246, 7.4.2). Up to TLS 1.2 it is in the
 * clear, and comes before anything the client would answer to.
 */
export class HandshakeReader {
  readonly #onFlight: (flight: ServerFlight) => void;
  #records = Buffer.alloc(0);
  #messages = Buffer.alloc(0);
  #version: [number, number] = [0, 0];
  #isDone = false;
  #isFragmented = false;

  /** `onFlight` is called at most once, before `push` returns. */
  constructor(onFlight: (flight: ServerFlight) => void) {
    this.#onFlight = onFlight;
  }

  push(bytes: Uint8Array): void {
    if (this.#isDone) return;
    this.#records = Buffer.concat([this.#records, bytes]);
    while (!this.#isDone && this.#takeRecord());
  }

  #takeRecord(): boolean {
    if (this.#records.length < RECORD_HEADER_BYTES) return false;
    const end = RECORD_HEADER_BYTES + this.#records.readUInt16BE(3);
    if (this.#records[0] !== CONTENT_TYPE.handshake) return this.#stop();
    if (this.#records.length < end) return false;
    this.#messages = Buffer.concat([this.#messages, this.#records.subarray(RECORD_HEADER_BYTES, end)]);
    this.#records = this.#records.subarray(end);
    while (!this.#isDone && this.#takeMessage());
    if (this.#messages.length > 0) this.#isFragmented = true;
    return true;
  }

  #takeMessage(): boolean {
    if (this.#messages.length < HANDSHAKE_HEADER_BYTES) return false;
    const end = HANDSHAKE_HEADER_BYTES + this.#messages.readUIntBE(1, LENGTH_BYTES);
    if (this.#messages.length < end) return false;
    this.#take(this.#messages[0]!, this.#messages.subarray(HANDSHAKE_HEADER_BYTES, end));
    this.#messages = this.#messages.subarray(end);
    return true;
  }

  #take(type: number, body: Buffer): void {
    if (type === SERVER_HELLO) this.#version = [body[0] ?? 0, body[1] ?? 0];
    if (type !== CERTIFICATE) return;
    this.#stop();
    this.#onFlight({ version: this.#version, chain: certificatesIn(body), isFragmented: this.#isFragmented });
  }

  #stop(): false {
    this.#isDone = true;
    this.#records = this.#messages = Buffer.alloc(0);
    return false;
  }
}

function certificatesIn(body: Buffer): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let at = LENGTH_BYTES;
  while (at + LENGTH_BYTES <= body.length) {
    const end = at + LENGTH_BYTES + body.readUIntBE(at, LENGTH_BYTES);
    chain.push(Uint8Array.from(body.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  return chain;
}
