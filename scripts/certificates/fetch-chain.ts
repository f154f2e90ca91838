import { createConnection, isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { HandshakeReader, type Flight } from "./handshake-reader.ts";
import { describeAddress, type ServerAddress } from "./server-address.ts";

/** What a server sent as its certificates. */
export interface SentChain {
  /** DER, in the order sent; the server's own comes first. */
  certificates: Buffer[];
  /** Length of the Certificate message with its head of 4 bytes. */
  messageBytes: number;
  /** The message spans TLS records. */
  isFragmented: boolean;
}

export interface FetchOptions extends ServerAddress {
  /** The name asked for (SNI); default: the host, unless that is an IP address. `false`: none. */
  serverName?: string | false;
  /** For all of it; default 10 s. */
  timeoutMs?: number;
  /** What the ClientHello says, beyond the defaults below. */
  tls?: ConnectionOptions;
}

export type ChainErrorKind = "no-host" | "refused" | "unreachable" | "timeout" | "not-tls" | "alert" | "closed";

/** Why a server's certificates could not be had. The message says what to do. */
export class ChainError extends Error {
  readonly kind: ChainErrorKind;
  /** The alert's code (RFC 5246 7.2), for kind "alert". */
  readonly alert: number | undefined;

  constructor(kind: ChainErrorKind, message: string, alert?: number) {
    super(message);
    this.kind = kind;
    this.alert = alert;
  }
}

const DEFAULT_TIMEOUT_MS = 10_000;
/**
 * The certificates of TLS 1.3 are sent encrypted, and the board has no TLS 1.3: so 1.2 is what to ask for. Nothing is verified or sent, and
 * old servers are looked at too: level 0 lets OpenSSL offer what they know.
 */
const ASK: ConnectionOptions = { minVersion: "TLSv1", maxVersion: "TLSv1.2", ciphers: "DEFAULT@SECLEVEL=0", rejectUnauthorized: false };
const ALERT = { handshakeFailure: 40, protocolVersion: 70, unrecognizedName: 112 };

/**
 * Asks a server for its certificates and leaves as soon as they have come, so it works with servers that want one from us too.
 * @throws ChainError when there are none
 */
export function fetchChain(options: FetchOptions): Promise<SentChain> {
  const { host, port, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const serverName = options.serverName ?? (isIP(host) === 0 && host);
  return new Promise((resolve, reject) => {
    const raw = createConnection({ host, port });
    const settle = (outcome: SentChain | ChainError): void => {
      clearTimeout(timer);
      raw.destroy();
      if (outcome instanceof ChainError) reject(outcome);
      else resolve(outcome);
    };
    const timer = setTimeout(() => settle(timeoutError(options, raw, timeoutMs)), timeoutMs);
    const tapped = tap(raw, (flight) => settle(outcomeOf(flight, options, serverName !== false)));
    raw.once("error", (error: NodeJS.ErrnoException) => settle(connectionError(error, options)));
    raw.once("close", () => settle(new ChainError("closed",
      `${describeAddress(options)} closed the connection before it showed a certificate. Is this a port for TLS?`)));
    raw.once("connect", () => {
      // What OpenSSL makes of the handshake is of no interest: the bytes decide.
      connect({ ...ASK, ...options.tls, socket: tapped, servername: serverName || "" }).on("error", () => {});
    });
  });
}

/** A stream over the socket that shows what comes from the server before OpenSSL sees it. */
function tap(raw: Socket, onFlight: (flight: Flight) => void): Duplex {
  const reader = new HandshakeReader();
  const tapped = new Duplex({
    read() {},
    write: (bytes: Buffer, _encoding, done) => void raw.write(bytes, () => done()),
    destroy: (_error, done) => done(null),
  });
  raw.on("data", (bytes: Buffer) => {
    const flight = reader.push(bytes);
    if (flight) onFlight(flight);
    else tapped.push(bytes);
  });
  return tapped;
}

function outcomeOf(flight: Flight, address: ServerAddress, isNamed: boolean): SentChain | ChainError {
  const server = describeAddress(address);
  if (flight.kind === "not-tls") {
    return new ChainError("not-tls", `${server} answers, but not with TLS (it begins with ${sample(flight.bytes)}). Is this the right port?`);
  }
  if (flight.kind === "alert") return alertError(flight.code, server, isNamed);
  if (flight.certificates.length > 0) return flight;
  return new ChainError("closed", `${server} sent an empty list of certificates.`);
}

function alertError(code: number, server: string, isNamed: boolean): ChainError {
  if (code === ALERT.protocolVersion) {
    return new ChainError("alert", `${server} refuses TLS 1.2, and the board has no TLS 1.3: it cannot connect, whatever is embedded.`, code);
  }
  if (code === ALERT.unrecognizedName) {
    const what = isNamed ? "has no certificate for this name" : "wants a host name and got none: give the name of the host";
    return new ChainError("alert", `${server} ${what} (alert ${code}).`, code);
  }
  const reason = isNamed ? " Perhaps it found no cipher suite in common." : " Perhaps it wants a host name: give that in place of the IP address.";
  return new ChainError("alert", `${server} ended the TLS handshake with alert ${code}.${code === ALERT.handshakeFailure ? reason : ""}`, code);
}

function connectionError(error: NodeJS.ErrnoException, address: ServerAddress): ChainError {
  const server = describeAddress(address);
  switch (error.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ChainError("no-host", `There is no host "${address.host}" (${error.code}). Check the spelling, and that this computer is online.`);
    case "ECONNREFUSED":
      return new ChainError("refused", `Nothing listens at ${server} (ECONNREFUSED). Is the port right?`);
    case "ECONNRESET":
      return new ChainError("closed", `${server} reset the connection before it showed a certificate. Is this a port for TLS?`);
    default:
      return new ChainError("unreachable", `${server} cannot be reached: ${error.message}.`);
  }
}

function timeoutError(address: ServerAddress, { connecting }: Socket, timeoutMs: number): ChainError {
  const what = connecting ? "does not answer" : "takes the connection, but shows no certificate";
  return new ChainError("timeout", `${describeAddress(address)} ${what} within ${timeoutMs / 1_000} s.`);
}

function sample(bytes: Buffer): string {
  const text = bytes.subarray(0, 16).toString("latin1");
  return /^[\x20-\x7e\r\n]+$/.test(text) ? JSON.stringify(text) : `bytes ${bytes.subarray(0, 8).toString("hex")}`;
}
