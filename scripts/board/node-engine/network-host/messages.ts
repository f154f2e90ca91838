// What the worker asks of the board process about sockets, and what the board process tells the worker.
import type { OfferName } from "../../../preflight/boards.ts";

/** Blocks until the TCP connection stands or failed. */
export interface ConnectRequest {
  /** Chosen by the worker, never used twice. */
  handle: number;
  /** IPv4 address. */
  address: string;
  port: number;
  /** A TLS connection keeps what it receives until `StartTlsRequest`. */
  secure: boolean;
}

/** A certificate that the board trusts. */
export interface TrustedCertificate {
  /** As it was parsed when the program connected. */
  der: Uint8Array;
  /** What the board's RAM holds now as its raw bytes, and as its subject. */
  raw: Uint8Array;
  subject: Uint8Array;
}

/** How the server's certificate is checked. */
export interface VerificationSettings {
  /** A refused certificate ends the handshake; otherwise it is only reported with its end. */
  isRequired: boolean;
  /** undefined: no name is checked. */
  hostName: string | undefined;
  /** undefined: there is no list, which a required check refuses. */
  trusted: TrustedCertificate[] | undefined;
  checksExtendedKeyUsage: boolean;
  /** Refusing is told to the server. */
  sendsAlert: boolean;
}

/** What `mbedtls_ssl_handshake` is started with. */
export interface HandshakeSettings {
  /** Server name indication; empty for none. */
  serverName: string;
  /** Minor number of the least and the greatest version: 1 for TLS 1.0. Default: what an ESP32 speaks. */
  minMinorVersion?: number;
  maxMinorVersion?: number;
  /** What the ClientHello says; default: what an ESP32's does. */
  offer?: OfferName;
  /** undefined: every certificate is accepted. */
  verification?: VerificationSettings | undefined;
  /** PEM; both or neither. */
  clientCertificate?: string;
  clientKey?: string;
}

export interface StartTlsRequest {
  handle: number;
  settings: HandshakeSettings;
}

export interface SendRequest {
  handle: number;
  bytes: Uint8Array;
}

export interface CloseRequest {
  handle: number;
  /** The program never got all that had arrived: the peer sees a reset. */
  unread: boolean;
}

/** The program took `count` bytes out of the receive buffer. */
export interface ConsumedNotice {
  handle: number;
  count: number;
}

export interface OpenUdpRequest {
  handle: number;
  /** Port to bind; 0 lets the system choose. */
  port: number;
  /** Several sockets may share the port. */
  reuseAddress: boolean;
}

export interface SendDatagramRequest {
  handle: number;
  bytes: Uint8Array;
  address: string;
  port: number;
}

/** Posted on SOCKET_CHANNEL. */
export type SocketMessage =
  | { kind: "data"; handle: number; bytes: Uint8Array }
  | { kind: "sent"; handle: number; count: number }
  /** The server's certificates have come, and have been checked. DER, its own first. */
  | { kind: "certificates"; handle: number; chain: Uint8Array[] }
  /** `problems`: why the certificate would have been refused, in mbedTLS's words. */
  | { kind: "secure"; handle: number; problems: string[] }
  /** `code` as the firmware prints it, such as "-0x7780". */
  | { kind: "handshake-failed"; handle: number; code: string }
  /** Nothing more will arrive. `code` is what the firmware's receive function gives from now on. */
  | { kind: "closed"; handle: number; code: number; reset: boolean }
  | { kind: "datagram"; handle: number; bytes: Uint8Array; address: string; port: number };

/** The station as the firmware's WiFi driver sees it. */
export interface StationSnapshot {
  /** Associated; an address may still be missing. */
  associated: boolean;
  ssid: string;
  password: string;
  /** ESP-IDF's reason of the last loss, 0 before the first. */
  lastReason: number;
  /** undefined while the station has no address. */
  address: StationAddress | undefined;
}

export interface StationAddress {
  ip: string;
  netmask: string;
  gw: string;
}

/** Posted on WIFI_CHANNEL. */
export type WifiMessage =
  | { kind: "associated"; ssid: string }
  | { kind: "got-address"; address: StationAddress }
  | { kind: "disconnected"; ssid: string; reason: number }
  | { kind: "scanned"; ssids: string[] }
  /** Answer to the one pending look-up; null when the name is not known. */
  | { kind: "looked-up"; address: string | null };

export const SOCKET_CHANNEL = "network.socket";
export const WIFI_CHANNEL = "network.wifi";

/** The Linux error numbers the firmware prints in `Connect failed (err N)`. */
export const NO_ROUTE_ERRNO = 113;
