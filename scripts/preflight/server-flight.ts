import type { HandshakeMessage } from "../certificates/handshake-reader.ts";

/** What a server's first flight says, up to TLS 1.2 (RFC 5246 7.4). */
export interface ServerFlight {
  /** Minor version of its ServerHello: 1 is TLS 1.0, 3 is TLS 1.2 and above. */
  minorVersion?: number;
  /** Number of the curve of its key exchange (RFC 8422 5.1.1). */
  curve?: number;
  /** DER, in the order sent. */
  certificates: Buffer[];
  /** Of the Certificate message; 0 when there was none. */
  messageBytes: number;
  isFragmented: boolean;
  /** It asks for a certificate of ours. */
  wantsCertificate: boolean;
}

const SERVER_HELLO = 2;
const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_REQUEST = 13;
const NAMED_CURVE = 3;

/**
 * Reads a server's first flight.
 * @param found its Certificate message, as HandshakeReader gives it
 */
export function readFlight(messages: HandshakeMessage[], found: Partial<ServerFlight>): ServerFlight {
  const bodyOf = (wanted: number): Buffer | undefined => messages.find(({ type }) => type === wanted)?.body;
  const hello = bodyOf(SERVER_HELLO);
  const exchange = bodyOf(SERVER_KEY_EXCHANGE);
  return {
    ...(hello && hello.length > 1 ? { minorVersion: hello[1]! } : {}),
    ...(exchange && exchange.length > 2 && exchange[0] === NAMED_CURVE ? { curve: exchange.readUInt16BE(1) } : {}),
    certificates: found.certificates ?? [],
    messageBytes: found.messageBytes ?? 0,
    isFragmented: found.isFragmented ?? false,
    wantsCertificate: bodyOf(CERTIFICATE_REQUEST) !== undefined,
  };
}
