// Makes one TLS connection of stock firmware a verified one, in three steps: plan before it is opened, harden between
// tls.connect and the handshake, check after the handshake. Nothing is written to a socket before the last step has passed.
import { isClockSet } from "../clock";
import { makeError, refuse, refuseLayout } from "../errors";
import { randomBytes } from "../random";
import type { Settings } from "../settings";
import { isAddress } from "../url";
import { matchesHost, readCertificate } from "./certificate";
import type { Certificate } from "./certificate";
import { placeName, writeName } from "./host-name";
import { reseed } from "./generator";
import { findLayout } from "./layout";
import type { Layout } from "./layout";
import { ramRanges } from "./memory";
import type { Ranges } from "./memory";
import { peerCertificate } from "./peer";
import { fingerprint, matchesPin, parsePin } from "./pins";
import type { Pin } from "./pins";
import { tlsState } from "./state";

/** What was verified of a server, and how. */
export interface TlsReport {
  /** "ca", "pin" or "ca, pin"; false without verification. */
  verified: string | false;
  subject?: string;
  issuer?: string;
  /** Seconds since 1970. */
  notAfter?: number;
  /** SHA-256 of the server's certificate, hexadecimal. */
  fingerprint256?: string;
  /** The name that was sent; "" to an IP host. */
  sni?: string;
}

/** @internal */
export interface TlsDemands {
  host: string;
  hasCa: boolean;
  /** A certificate without key: parsed, never sent. */
  isSpareCert: boolean;
  isMutual: boolean;
  pinTexts: string[];
  lowestTls: string | undefined;
  told: Settings;
}

/** @internal */
export interface Guard {
  demands: TlsDemands;
  ram: Ranges;
  seed: string;
  pinned: Pin[];
  minVersion: number;
  /** What mbedTLS does about the CA and the name: 0 nothing, 1 tells, 2 refuses. */
  mode: number;
  layout?: Layout;
}

// TLS 1.x is version 3.x+1 on the wire.
const VERSIONS = ["1.0", "1.1", "1.2"];
const SEED_BYTES = 128;
// What a connection was seen to need at the least (mbedTLS 2.28 with buffers of 16 KB in and 4 KB out); with a key of its own, more.
const HEAP_BYTES_MIN = 33000;
const HEAP_BYTES_MUTUAL = 41000;
const NONE = 0;
const REQUIRED = 2;
const STATE_HANDSHAKE_OVER = 16;

// The firmware loses a socket for good when it finds out by itself (2v29), so the heap is looked at first, where a board tells.
function checkHeap(needed: number): void {
  const free = typeof ESP32 === "undefined" ? needed : ESP32.getState().freeHeap;
  if (free < needed) throw makeError("E_HEAP", "handshake", free + " bytes free", { value: free });
}

/**
 * Checks what can be checked before a connection is opened, and fetches randomness while that is safe. Raises E_OPTION (pins,
 * minTls, neither CA nor pin), E_HEAP, E_CLOCK_UNSET, E_TLS_LAYOUT (unknown board), E_RANDOM.
 */
export function planGuard(demands: TlsDemands): Guard {
  const minVersion = VERSIONS.indexOf(demands.lowestTls || "1.2") + 1;
  if (minVersion === 0) refuse("minTls", demands.lowestTls);
  if (!demands.hasCa && demands.pinTexts.length === 0) refuse("ca or pins", "none");
  checkHeap(demands.isMutual ? HEAP_BYTES_MUTUAL : HEAP_BYTES_MIN);
  if (!isClockSet()) throw makeError("E_CLOCK_UNSET", "options", "clock.sync first");
  return {
    demands,
    ram: ramRanges(demands.told),
    seed: randomBytes(SEED_BYTES),
    pinned: demands.pinTexts.map(parsePin),
    minVersion,
    mode: demands.hasCa ? REQUIRED : NONE,
  };
}

function stateOf(raw: FirmwareSocket): string {
  return tlsState(raw) || refuseLayout("ssl");
}

/**
 * Between tls.connect and the handshake: recognises the firmware's TLS state, then sets verification mode, lowest version,
 * host name and randomness in it. Writes nothing before all is recognised. An IP host is checked afterwards, since mbedTLS
 * never accepts one. Raises E_TLS_LAYOUT, E_TLS_NAME.
 */
export function harden(guard: Guard, raw: FirmwareSocket): void {
  const state = stateOf(raw);
  const words = new Uint32Array(E.toArrayBuffer(state));
  const layout = findLayout(words, E.getAddressOf(state, true), raw.sckt! - 1);
  const name = isAddress(guard.demands.host) ? "" : guard.demands.host;
  const place = placeName(words, layout, guard.ram, name, guard.demands.isSpareCert);
  words[layout.flags] = words[layout.flags]! | (guard.mode << layout.modeShift);
  words[layout.versionWord] = (words[layout.versionWord]! & 0xffffff) | (guard.minVersion << 24);
  writeName(words, layout, place, name);
  reseed(state, words, layout, guard.seed);
  guard.layout = layout;
  guard.seed = "";
}

function distrust(code: string, what: string): void {
  throw makeError(code, "handshake", what);
}

function checkDates(certificate: Certificate): void {
  const now = getTime();
  if (now < certificate.notBefore) distrust("E_CERT_NOT_YET_VALID", certificate.subject);
  if (now > certificate.notAfter) distrust("E_CERT_EXPIRED", certificate.subject);
}

function checkHost(certificate: Certificate, host: string): void {
  if (certificate.names === "") distrust("E_CERT_NO_NAMES", certificate.subject);
  if (!matchesHost(certificate, host)) distrust("E_WRONG_HOST", host);
}

function checkPins(guard: Guard, der: string, certificate: Certificate): void {
  for (const pin of guard.pinned) {
    if (matchesPin(pin, der, certificate.publicKeyInfo)) return;
  }
  if (guard.pinned.length > 0) distrust("E_PIN_MISMATCH", fingerprint(der, "SHA256"));
}

/**
 * After the handshake: checks what mbedTLS does not (dates, alternative names, an IP host, pins). Raises E_CERT_EXPIRED,
 * E_CERT_NOT_YET_VALID, E_CERT_NO_NAMES, E_WRONG_HOST, E_PIN_MISMATCH, E_CERTIFICATE, E_TLS_LAYOUT.
 */
export function checkPeer(guard: Guard, raw: FirmwareSocket): TlsReport {
  const layout = guard.layout!;
  const words = new Uint32Array(E.toArrayBuffer(stateOf(raw)));
  if (words[layout.context + 1] !== STATE_HANDSHAKE_OVER) refuseLayout("handshake");
  const der = peerCertificate(words, layout, guard.ram);
  const certificate = readCertificate(der);
  const host = guard.demands.host;
  checkDates(certificate);
  checkHost(certificate, host);
  checkPins(guard, der, certificate);
  return {
    verified: guard.pinned.length === 0 ? "ca" : guard.mode === NONE ? "pin" : "ca, pin",
    subject: certificate.subject,
    issuer: certificate.issuer,
    notAfter: certificate.notAfter,
    fingerprint256: fingerprint(der, "SHA256"),
    sni: isAddress(host) ? "" : host,
  };
}
