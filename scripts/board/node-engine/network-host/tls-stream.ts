import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import type { ByteStream, StreamEvents } from "./byte-stream.ts";
import type { HandshakeSettings } from "./messages.ts";
import { CIPHER_SUITES, MAX_VERSION, MIN_VERSION } from "./esp32-tls.ts";
import * as codes from "./mbedtls-codes.ts";
import { TlsTransport } from "./tls-transport.ts";

export interface TlsStreamEvents extends StreamEvents {
  secure(): void;
  /** `code` as mbedtls_ssl_handshake would return it. */
  handshakeFailed(code: number): void;
}

/**
 * Runs the TLS client of an ESP32 on a connected, paused TCP socket: no verification, TLS 1.0 to 1.2. Every way in
 * which the session can end is told in mbedTLS codes, once.
 */
export function openTlsStream(tcp: Socket, settings: HandshakeSettings, events: TlsStreamEvents): ByteStream {
  const transport = new TlsTransport(tcp);
  const session = startSession(transport, settings);
  if (session === undefined) {
    events.handshakeFailed(codes.FATAL_ALERT);
    return { send() {}, pause() {}, resume() {} };
  }
  watchSession(session, transport, events);
  return {
    send: (bytes) => void session.write(bytes, (error) => {
      if (!error) events.sent(bytes.length);
    }),
    pause: () => void session.pause(),
    resume: () => void session.resume(),
  };
}

/** A key that does not belong to its certificate only fails at the server; OpenSSL refuses it at once. */
function startSession(transport: TlsTransport, settings: HandshakeSettings): TLSSocket | undefined {
  try {
    return connectTls({
      socket: transport,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      minVersion: MIN_VERSION,
      maxVersion: MAX_VERSION,
      ciphers: CIPHER_SUITES,
      servername: settings.serverName,
      cert: settings.clientCertificate,
      key: settings.clientKey,
    });
  } catch {
    return undefined;
  }
}

function watchSession(session: TLSSocket, transport: TlsTransport, events: TlsStreamEvents): void {
  let isSecure = false;
  let isOver = false;
  const finish = (error?: NodeJS.ErrnoException): void => {
    if (isOver) return;
    isOver = true;
    if (!isSecure) events.handshakeFailed(handshakeCode(transport, error));
    else events.closed(...closingOf(transport, error));
  };
  session.once("secureConnect", () => {
    isSecure = true;
    if (!isOver) events.secure();
  });
  session.on("data", (bytes: Buffer) => events.data(bytes));
  session.once("end", () => finish());
  session.once("close", () => finish());
  session.on("error", (error) => finish(error));
}

function handshakeCode(transport: TlsTransport, error?: NodeJS.ErrnoException): number {
  if (transport.received.sawFatalAlert) return codes.FATAL_ALERT;
  if (transport.received.isGarbage) return codes.INVALID_RECORD;
  return error?.code?.startsWith("ERR_SSL_") ? codes.BAD_SERVER_HELLO : codes.CONNECTION_LOST;
}

function closingOf(transport: TlsTransport, error?: NodeJS.ErrnoException): [code: number, reset: boolean] {
  if (transport.received.isGarbage) return [codes.INVALID_RECORD, true];
  const { endedWithAlert } = transport.received;
  if (error === undefined) return [endedWithAlert ? codes.CLOSE_NOTIFY : codes.CONNECTION_LOST, false];
  if (!error.code?.startsWith("ERR_SSL_")) return [codes.CONNECTION_LOST, true];
  return [error.code.includes("ALERT") ? codes.FATAL_ALERT : codes.INVALID_MAC, true];
}
