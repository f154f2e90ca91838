import { connect as connectTls, type SecureVersion, type TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import { OFFERS, tlsOptions } from "../../../preflight/boards.ts";
import type { ByteStream, StreamEvents } from "./byte-stream.ts";
import type { HandshakeSettings } from "./messages.ts";
import { MAX_VERSION, MIN_VERSION, secureVersion } from "./esp32-tls.ts";
import type { ServerFlight } from "./handshake-reader.ts";
import * as codes from "./mbedtls-codes.ts";
import { judgeServer, unreadableCode } from "./server-judgement.ts";
import { fatalAlertRecord } from "./tls-records.ts";
import { TlsTransport } from "./tls-transport.ts";

export interface TlsStreamEvents extends StreamEvents {
  /** The server's certificates have been checked; the handshake goes on, or fails next. */
  certificates(chain: Uint8Array[]): void;
  /** `problems`: why the server's certificate would have been refused, had that been required. */
  secure(problems: string[]): void;
  /** `code` as mbedtls_ssl_handshake would return it. */
  handshakeFailed(code: number): void;
}

/**
 * Runs the TLS client of an ESP32 on a connected, paused TCP socket: TLS 1.0 to 1.2, the server checked as the settings
 * say. Every way in which the session can end is told in mbedTLS codes, once.
 */
export function openTlsStream(tcp: Socket, settings: HandshakeSettings, events: TlsStreamEvents): ByteStream {
  const ending: Ending = { problems: [], refusal: undefined };
  const transport = new TlsTransport(tcp, (flight) => judge(flight, settings, ending, transport, events));
  const session = startSession(transport, settings);
  if (session === undefined) {
    events.handshakeFailed(codes.FATAL_ALERT);
    return { send() {}, pause() {}, resume() {} };
  }
  watchSession(session, transport, ending, events);
  return {
    send: (bytes) => void session.write(bytes, (error) => {
      if (!error) events.sent(bytes.length);
    }),
    pause: () => void session.pause(),
    resume: () => void session.resume(),
  };
}

/** What the check of the server's certificate means for how the handshake ends. */
interface Ending {
  problems: string[];
  refusal: number | undefined;
}

/** Runs between two pieces of the server's flight: nothing has been answered yet. */
function judge(
  { version, chain, isFragmented }: ServerFlight,
  { verification, minMinorVersion = 0 }: HandshakeSettings,
  ending: Ending,
  transport: TlsTransport,
  events: TlsStreamEvents,
): void {
  // A version that is too low fails before the certificate is looked at.
  if (version[1] < minMinorVersion) return;
  ending.refusal = isFragmented ? codes.FEATURE_UNAVAILABLE : unreadableCode(chain);
  if (ending.refusal !== undefined) return transport.refuse(undefined);
  const judgement = judgeServer(chain, verification);
  events.certificates(chain);
  ending.problems = judgement.problems;
  if (judgement.code === undefined) return;
  ending.refusal = judgement.code;
  transport.refuse(judgement.alert === undefined ? undefined : fatalAlertRecord(version, judgement.alert));
}

/** A key that does not belong to its certificate only fails at the server; OpenSSL refuses it at once. */
function startSession(transport: TlsTransport, settings: HandshakeSettings): TLSSocket | undefined {
  try {
    return connectTls({
      ...tlsOptions(OFFERS[settings.offer ?? "2.16"]),
      socket: transport,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      minVersion: versionOf(settings.minMinorVersion, MIN_VERSION),
      maxVersion: versionOf(settings.maxMinorVersion, MAX_VERSION),
      servername: settings.serverName,
      cert: settings.clientCertificate,
      key: settings.clientKey,
    });
  } catch {
    return undefined;
  }
}

/** @throws RangeError for a version that mbedTLS 2 does not know: the handshake cannot begin */
function versionOf(minor: number | undefined, byDefault: SecureVersion): SecureVersion {
  const version = minor === undefined ? byDefault : secureVersion(minor);
  if (version === undefined) throw new RangeError(`There is no TLS version 3.${minor}`);
  return version;
}

function watchSession(session: TLSSocket, transport: TlsTransport, ending: Ending, events: TlsStreamEvents): void {
  let isSecure = false;
  let isOver = false;
  const finish = (error?: NodeJS.ErrnoException): void => {
    if (isOver) return;
    isOver = true;
    if (!isSecure) events.handshakeFailed(ending.refusal ?? handshakeCode(transport, error));
    else events.closed(...closingOf(transport, error));
  };
  session.once("secureConnect", () => {
    isSecure = true;
    if (!isOver) events.secure(ending.problems);
  });
  session.on("data", (bytes: Buffer) => events.data(bytes));
  session.once("end", () => finish());
  session.once("close", () => finish());
  session.on("error", (error) => finish(error));
}

function handshakeCode(transport: TlsTransport, error?: NodeJS.ErrnoException): number {
  if (transport.received.sawFatalAlert) return codes.FATAL_ALERT;
  if (transport.received.isGarbage) return codes.INVALID_RECORD;
  if (error?.code === "ERR_SSL_UNSUPPORTED_PROTOCOL") return codes.BAD_PROTOCOL_VERSION;
  return error?.code?.startsWith("ERR_SSL_") ? codes.BAD_SERVER_HELLO : codes.CONNECTION_LOST;
}

function closingOf(transport: TlsTransport, error?: NodeJS.ErrnoException): [code: number, reset: boolean] {
  if (transport.received.isGarbage) return [codes.INVALID_RECORD, true];
  const { endedWithAlert } = transport.received;
  if (error === undefined) return [endedWithAlert ? codes.CLOSE_NOTIFY : codes.CONNECTION_LOST, false];
  if (!error.code?.startsWith("ERR_SSL_")) return [codes.CONNECTION_LOST, true];
  return [error.code.includes("ALERT") ? codes.FATAL_ALERT : codes.INVALID_MAC, true];
}
