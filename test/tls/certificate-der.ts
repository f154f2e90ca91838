// Certificates put together byte by byte, also such as no library would issue. Their signatures are worthless: nobody here checks them.

import { generateKeyPairSync } from "node:crypto";

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const UTF8_STRING = 0x0c;
export const PRINTABLE_STRING = 0x13;
export const TELETEX_STRING = 0x14;
export const BMP_STRING = 0x1e;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const DNS_NAME = 0x82;
export const URI = 0x86;
export const IP_ADDRESS = 0x87;

export const COMMON_NAME = "550403";
export const ORGANIZATION = "55040a";
export const COUNTRY = "550406";

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));

export interface CertificateParts {
  version?: Buffer;
  issuer?: Buffer;
  notBefore?: Buffer;
  notAfter?: Buffer;
  subject?: Buffer;
  publicKeyInfo?: Buffer;
  /** What stands between the key and the extensions. */
  uniqueIds?: Buffer;
  /** Undefined: no such element at all. */
  extensions?: Buffer[] | undefined;
}

/** One element; contents given as text are its bytes. */
export function element(tag: number, ...contents: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(contents.map((part) => typeof part === "string" ? Buffer.from(part, "latin1") : part));
  return Buffer.concat([Buffer.from([tag]), lengthBytes(body.length), body]);
}

export function sequence(...contents: Buffer[]): Buffer {
  return element(SEQUENCE, ...contents);
}

export function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, "hex"));
}

/** A name of one attribute in each relative distinguished name. */
export function name(...attributes: [type: string, tag: number, value: Buffer | string][]): Buffer {
  return sequence(...attributes.map(([type, tag, value]) => element(SET, sequence(oid(type), element(tag, value)))));
}

export function extension(type: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(type), ...(isCritical ? [element(0x01, "\xff")] : []), element(0x04, value));
}

/** A subject alternative name of these general names. */
export function alternativeNames(...names: Buffer[]): Buffer {
  return extension("551d11", sequence(...names));
}

export function dnsNames(...names: string[]): Buffer[] {
  return names.map((text) => element(DNS_NAME, text));
}

let sharedKey: Buffer | undefined;

/** A P-256 SubjectPublicKeyInfo, the same one each time. */
export function ecKeyInfo(): Buffer {
  sharedKey ??= generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
  return sharedKey;
}

/** A whole certificate as a byte string. */
export function certificate(parts: CertificateParts = {}): string {
  const extensions = parts.extensions ?? [];
  const body = sequence(
    parts.version ?? element(0xa0, element(0x02, "\x02")),
    element(0x02, "\x01\x02\x03"),
    ECDSA_WITH_SHA256,
    parts.issuer ?? name([COMMON_NAME, UTF8_STRING, "Issuer"]),
    sequence(parts.notBefore ?? element(UTC_TIME, "260101000000Z"), parts.notAfter ?? element(UTC_TIME, "270101000000Z")),
    parts.subject ?? name([COMMON_NAME, UTF8_STRING, "Subject"]),
    parts.publicKeyInfo ?? ecKeyInfo(),
    parts.uniqueIds ?? Buffer.alloc(0),
    extensions.length === 0 ? Buffer.alloc(0) : element(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, element(0x03, "\0signature")).toString("latin1");
}

function lengthBytes(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  if (length < 256) return Buffer.from([0x81, length]);
  if (length < 65536) return Buffer.from([0x82, length >> 8, length & 255]);
  return Buffer.from([0x83, length >> 16, (length >> 8) & 255, length & 255]);
}
