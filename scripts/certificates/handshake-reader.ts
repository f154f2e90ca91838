/** What a server's first flight says about its certificates (TLS up to 1.2, where it is sent in the clear). */
export type Flight =
  | { kind: "certificates"; certificates: Buffer[]; messageBytes: number; isFragmented: boolean }
  /** A fatal alert (RFC 5246 7.2). */
  | { kind: "alert"; code: number }
  /** Bytes that are no TLS record. */
  | { kind: "not-tls"; bytes: Buffer };

/** A whole handshake message (RFC 5246 7.4). */
export interface HandshakeMessage {
  type: number;
  body: Buffer;
}

const RECORD_HEAD_BYTES = 5;
const MESSAGE_HEAD_BYTES = 4;
const RECORD_TYPES = { changeCipherSpec: 20, alert: 21, handshake: 22 };
const CERTIFICATE_MESSAGE = 11;
const FATAL = 2;
/** Far above any chain that is meant; a server that sends more has no certificates to show. */
const MAX_HANDSHAKE_BYTES = 1 << 20;

/**
 * Reads the certificates out of the bytes that a server sends (RFC 5246 6.2.1, 7.4.2): all of them, as they are and in the order sent.
 * OpenSSL's own answer, in Node `getPeerCertificate(true)`, is a chain that it has built: with others, without others, in another order.
 */
export class HandshakeReader {
  /** All that have come whole, in the clear. */
  readonly messages: HandshakeMessage[] = [];
  #bytes = Buffer.alloc(0);
  #handshake = Buffer.alloc(0);
  /** Where in #handshake the next message begins. */
  #at = 0;
  #isEncrypted = false;
  /** Where in #handshake each record ends. */
  #recordEnds: number[] = [];

  /** Takes bytes from the server. Gives what they say once it is clear; pushing more, or nothing, goes on behind that. */
  push(bytes: Buffer): Flight | undefined {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const flight = this.#takeMessages();
      if (flight) return flight;
      if (this.#bytes.length > 0 && !isRecord(this.#bytes)) return { kind: "not-tls", bytes: this.#bytes };
      const end = RECORD_HEAD_BYTES + (this.#bytes.length >= RECORD_HEAD_BYTES ? this.#bytes.readUInt16BE(3) : 0);
      if (this.#bytes.length < RECORD_HEAD_BYTES || this.#bytes.length < end) return undefined;
      const [type, content] = [this.#bytes[0], this.#bytes.subarray(RECORD_HEAD_BYTES, end)];
      this.#bytes = this.#bytes.subarray(end);
      const failure = this.#takeRecord(type!, content);
      if (failure) return failure;
    }
  }

  /** What follows ChangeCipherSpec cannot be read. */
  #takeRecord(type: number, content: Buffer): Flight | undefined {
    if (type === RECORD_TYPES.changeCipherSpec) this.#isEncrypted = true;
    if (this.#isEncrypted) return undefined;
    if (type === RECORD_TYPES.alert && content[0] === FATAL) return { kind: "alert", code: content[1] ?? 0 };
    if (type !== RECORD_TYPES.handshake) return undefined;
    this.#handshake = Buffer.concat([this.#handshake, content]);
    this.#recordEnds.push(this.#handshake.length);
    return this.#handshake.length > MAX_HANDSHAKE_BYTES ? { kind: "not-tls", bytes: content } : undefined;
  }

  #takeMessages(): Flight | undefined {
    while (this.#handshake.length >= this.#at + MESSAGE_HEAD_BYTES) {
      const start = this.#at;
      const end = start + MESSAGE_HEAD_BYTES + this.#handshake.readUIntBE(start + 1, 3);
      if (this.#handshake.length < end) return undefined;
      this.#at = end;
      const message = { type: this.#handshake[start]!, body: this.#handshake.subarray(start + MESSAGE_HEAD_BYTES, end) };
      this.messages.push(message);
      if (message.type === CERTIFICATE_MESSAGE) {
        return {
          kind: "certificates",
          certificates: listCertificates(message.body),
          messageBytes: end - start,
          isFragmented: this.#recordEnds.some((recordEnd) => recordEnd > start && recordEnd < end),
        };
      }
    }
    return undefined;
  }
}

/** Content types 20 to 24, and major version 3, which TLS has kept. */
function isRecord(bytes: Buffer): boolean {
  return bytes[0]! >= 20 && bytes[0]! <= 24 && (bytes.length < 2 || bytes[1] === 3);
}

function listCertificates(message: Buffer): Buffer[] {
  const certificates: Buffer[] = [];
  for (let at = 3; at + 3 <= message.length;) {
    const end = at + 3 + message.readUIntBE(at, 3);
    certificates.push(Buffer.from(message.subarray(at + 3, end)));
    at = end;
  }
  return certificates;
}
