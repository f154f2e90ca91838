// The little of an X.509 certificate (RFC 5280 4.1) that the firmware's TLS leaves to us: validity, alternative names, public
// key. mbedTLS has parsed it before and checked its signature; what is wrong in the rest of it is not looked for here.
import { isAddress } from "../url";
import { enter, openDer, refuseDer, seek, Tag } from "./der";
import type { Cursor } from "./der";

/**
 * Views of the bytes they were read from, as far as these are a view of memory themselves (E.memoryArea): to be used up
 * before the connection goes on. `subject` and `issuer` are copies. @internal
 */
export interface Certificate {
  /** For people, decides nothing: the common name, bytes as they are in the certificate; "" when there is none. */
  subject: string;
  issuer: string;
  /** Seconds since 1970; valid from the first to the second, both included. */
  notBefore: number;
  notAfter: number;
  /** The DER of SubjectPublicKeyInfo. */
  publicKeyInfo: string;
  /** The DER of the names in the subject alternative name, "" when there is none: see matchesHost() and listNames(). */
  names: string;
}

// Object identifiers with tag and length: 2.5.4.3 and 2.5.29.17.
const COMMON_NAME = "\x06\x03\x55\x04\x03";
const ALTERNATIVE_NAME = "\x06\x03\x55\x1d\x11";
// RFC 5280 4.1 and 4.2.1.6: tags of their own.
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
// RFC 5280 A.1, ub-common-name. A longer text is cut.
const TEXT_MAX = 64;

const TIME = /^(\d\d\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

// Found by a search of the firmware's and not by a walk, which costs ten times as much: it is only shown. A value with a length of
// more than one byte is longer than the text may be.
function readName(cursor: Cursor, end: number): string {
  const next = enter(cursor, Tag.Sequence, end);
  const name = cursor.bytes.substring(cursor.at, next);
  const value = name.indexOf(COMMON_NAME) + COMMON_NAME.length;
  const length = name.charCodeAt(value + 1);
  cursor.at = next;
  return value < COMMON_NAME.length ? "" : "" + name.substr(value + (length < 128 ? 2 : 3), Math.min(length, TEXT_MAX));
}

// RFC 5280 4.1.2.5: seconds and Z are always there, a fraction never. Days and hours that do not exist come back otherwise.
function readTime(cursor: Cursor, end: number): number {
  const isUtc = cursor.bytes.charCodeAt(cursor.at) === Tag.UtcTime;
  const next = enter(cursor, isUtc ? Tag.UtcTime : Tag.GeneralizedTime, end);
  const digits = cursor.bytes.substring(cursor.at, next);
  const text = isUtc ? (digits < "5" ? "20" : "19") + digits : digits;
  const iso = text.replace(TIME, "$1-$2-$3T$4:$5:$6.000Z");
  const ms = Date.parse(iso) || 0;
  if (text.length !== 15 || new Date(ms).toISOString() !== iso) refuseDer(cursor);
  cursor.at = next;
  return ms / 1000;
}

// RFC 5280 4.2: the extensions come last. Behind a unique identifier, which no authority may use (4.1.2.8), they are not found.
function readNames(cursor: Cursor, end: number): string {
  const bytes = cursor.bytes;
  if (bytes.charCodeAt(cursor.at) !== EXTENSIONS) return "";
  const extensionsEnd = enter(cursor, Tag.Sequence, enter(cursor, Tag.Any, end));
  const next = seek(cursor, ALTERNATIVE_NAME, extensionsEnd, bytes);
  if (!next) return "";
  cursor.at += ALTERNATIVE_NAME.length;
  if (bytes.charCodeAt(cursor.at) === Tag.Boolean) cursor.at = enter(cursor, Tag.Boolean, next);
  const namesEnd = enter(cursor, Tag.Sequence, enter(cursor, Tag.OctetString, next));
  return bytes.substring(cursor.at, namesEnd);
}

/**
 * Reads a certificate, at about the same cost however many names it has. Raises E_CERTIFICATE for anything that is no certificate
 * in DER, and nothing else.
 */
export function readCertificate(der: string): Certificate {
  const cursor = openDer(der);
  const end = enter(cursor, Tag.Sequence, enter(cursor, Tag.Sequence, der.length));
  if (der.charCodeAt(cursor.at) === VERSION) cursor.at = enter(cursor, Tag.Any, end);
  cursor.at = enter(cursor, Tag.Integer, end);
  cursor.at = enter(cursor, Tag.Sequence, end);
  const issuer = readName(cursor, end);
  const validityEnd = enter(cursor, Tag.Sequence, end);
  const notBefore = readTime(cursor, validityEnd);
  const notAfter = readTime(cursor, validityEnd);
  const subject = readName(cursor, end);
  const keyStart = cursor.at;
  cursor.at = enter(cursor, Tag.Sequence, end);
  const publicKeyInfo = der.substring(keyStart, cursor.at);
  return { subject, issuer, notBefore, notAfter, publicKeyInfo, names: readNames(cursor, end) };
}

// Whether one of the names has this tag and these contents: the tag stands before a length of one byte, or two from 128 on.
function holdsName(names: string, tag: number, contents: string): boolean {
  const cursor = openDer(names);
  const text = tag === DNS_NAME ? names.toLowerCase() : names;
  const size = contents.length;
  let next = 0;
  while ((next = seek(cursor, contents, names.length, text))) {
    if (next - cursor.at === size && names.charCodeAt(cursor.at - (size < 128 ? 2 : 3)) === tag) return true;
    cursor.at = next;
  }
  return false;
}

function octet(decimal: string): number {
  return parseInt(decimal, 10) & 255;
}

// Written otherwise (a leading zero, a number above 255, three numbers) an address could mean another one to who connects.
function holdsAddress(names: string, host: string): boolean {
  const octets = host.split(".").map(octet);
  return octets.length === 4 && octets.join(".") === host && holdsName(names, IP_ADDRESS, String.fromCharCode(...octets));
}

/**
 * Whether a certificate is for a host, by its alternative names alone and never by the common name, in any case of letters
 * (RFC 9525 6.3). A name may have `*` as its whole left-most label, which stands for one label. At least two labels have to
 * follow it: the RFC leaves that open, and OpenSSL, curl, Firefox and Node demand it, because nobody may speak for all of `*.com`.
 * An IPv4 host matches only an address (RFC 9525 6.4), and IPv6 is no host here. Raises E_CERTIFICATE when the names up to
 * one like the host are no DER or more than 500.
 */
export function matchesHost(certificate: Certificate, host: string): boolean {
  const names = certificate.names;
  if (isAddress(host)) return holdsAddress(names, host);
  const wanted = host.toLowerCase();
  const wildcard = wanted.replace(/^[^.][^.]*/, "*");
  return holdsName(names, DNS_NAME, wanted) || (wanted.split(".").length > 2 && holdsName(names, DNS_NAME, wildcard));
}

// Dotted numbers, or the eight groups of IPv6 in full.
function addressText(bytes: string): string {
  const isV6 = bytes.length === 16;
  const step = isV6 ? 2 : 1;
  let text = "";
  for (let i = 0; i < bytes.length; i += step) {
    const byte = bytes.charCodeAt(i);
    text += isV6 ? ":" + (byte * 256 + bytes.charCodeAt(i + 1)).toString(16) : "." + byte;
  }
  return text.substr(1);
}

/**
 * The DNS names (lower case) and IP addresses that a certificate is for, as texts for people; other kinds of names are left out. Costs
 * far more than matchesHost(). Raises E_CERTIFICATE for names that are no DER.
 */
export function listNames(certificate: Certificate): string[] {
  const bytes = certificate.names;
  const cursor = openDer(bytes);
  const list: string[] = [];
  while (cursor.at < bytes.length) {
    const tag = bytes.charCodeAt(cursor.at);
    const next = enter(cursor, Tag.Any, bytes.length);
    const contents = bytes.substring(cursor.at, next);
    if (tag === DNS_NAME) list.push(contents.toLowerCase());
    else if (tag === IP_ADDRESS) list.push(addressText(contents));
    cursor.at = next;
  }
  return list;
}
