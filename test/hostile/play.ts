// What a hostile server does, as data.
import type { TlsOptions } from "node:tls";
import type { HostileCertificates } from "./certificates.ts";

/** Bytes that are sent without end, as fast as they are taken: the same again and again. */
export interface Flood {
  endless: string;
}

/** What follows the answer. "drips": a byte every DRIP_INTERVAL_MS, for ever. */
export type Then = "waits" | "drips" | "closes" | "closes without notify" | "resets" | "asks for another handshake" | Flood
  /** Bytes below TLS, in the clear. */
  | { raw: string };

/** How far a TLS server's handshake gets; a plain server has none. */
export type Handshake =
  | "whole"
  /** In place of a handshake the answer is sent in the clear, when the ClientHello has come. */
  | "none"
  /** Cut off after so many bytes, or before the server's own Finished; `then` follows. */
  | { cutAfter: number | "ChangeCipherSpec" }
  /** Whole, but so many bytes at a time, with so long between them. */
  | { pieceBytes: number; everyMs: number };

export interface Play {
  /** Default: a plain server waits for the head of a request, and a TLS server has made its whole handshake before. */
  starts?: "at once";
  handshake?: Handshake;
  /** Sent at once. */
  answer?: string;
  /** Default "waits". */
  then?: Then;
}

/** A request to a hostile server, and how it must end. */
export interface HostileCase {
  name: string;
  /** Speaks TLS with this certificate; default: plain TCP. */
  tls?: (certificates: HostileCertificates) => TlsOptions;
  server: Play;
  /** Which of the certificates' DER the client is given, by option; default the right CA. */
  der?: Record<string, string>;
  /** Or, with options, as the tests of verification have it. */
  job?: (certificates: HostileCertificates) => { options?: Record<string, unknown>; ca?: string; cert?: string; key?: string };
  /** Default SHORT_HOST. */
  host?: string;
  /** Options of the request besides. */
  options?: Record<string, unknown>;
  deadlines?: Record<string, number>;
  streams?: boolean;
  pieces?: number;
  /** `CODE in phase`, or the status of a response; several where the TLS library decides. */
  ends: string | string[];
  /** Default AT_ONCE_MS; for an end by a deadline that one is added. */
  withinMs?: number;
}

/** Between two bytes of what drips. */
export const DRIP_INTERVAL_MS = 50;
/** What ends without a deadline takes some 100 ms on a computer that is not busy. */
export const AT_ONCE_MS = 3_000;
