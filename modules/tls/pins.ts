// Pins: the one certificate, or the one public key, that a server may have, by its digest.
import { refuse } from "../errors";

/**
 * A digest in the form its length tells: 64 or 40 characters are lower-case hex, SHA-256 or SHA-1 of the certificate; 44 are Base64,
 * SHA-256 of the public key.
 */
export type Pin = string;

const SHA1_HEX_LENGTH = 40;
const SHA256_HEX_LENGTH = 64;
const BASE64_LENGTH = 44;

/** The digest of `bytes` in lower-case hex. */
export function fingerprint(bytes: string, algorithm: "SHA256" | "SHA1"): string {
  const digest = new Uint8Array(require("crypto")[algorithm](bytes));
  let hex = "";
  for (let i = 0; i < digest.length; i += 2) hex += (0x10000 + digest[i]! * 256 + digest[i + 1]!).toString(16).substr(1);
  return hex;
}

/**
 * Reads a pin: SHA-256 or SHA-1 of the certificate in hex, in any case, with colons or blanks or nothing between the bytes, as
 * browsers, openssl and old sketches have it; or SHA-256 of the public key as `sha256/BASE64` (curl writes two slashes),
 * what RFC 7469 2.4 calls a pin. Raises E_OPTION naming the pin for anything else.
 */
export function parsePin(text: string): Pin {
  const given = "" + text;
  const hex = given.replace(/[: ]/g, "").toLowerCase();
  const length = hex.length;
  if ((length === SHA256_HEX_LENGTH || length === SHA1_HEX_LENGTH) && /^[\da-f]+$/.test(hex)) return hex;
  const form = given.slice(0, -BASE64_LENGTH);
  const digest = given.substr(form.length);
  if ((form !== "sha256/" && form !== "sha256//") || !/^[A-Za-z\d+\/]+=$/.test(digest)) refuse("pin", text);
  return digest;
}

/** Whether a certificate, given as its DER and that of its SubjectPublicKeyInfo, is the pinned one. */
export function matchesPin(pin: Pin, der: string, publicKeyInfo: string): boolean {
  if (pin.length === BASE64_LENGTH) return btoa(E.toString(require("crypto").SHA256(publicKeyInfo))) === pin;
  return fingerprint(der, pin.length === SHA1_HEX_LENGTH ? "SHA1" : "SHA256") === pin;
}
