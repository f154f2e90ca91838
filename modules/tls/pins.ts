// Pins: the one certificate, or the one public key, that a server may have, by its digest.
import { refuse } from "../errors";

/** @internal */
export interface Pin {
  algorithm: "SHA256" | "SHA1";
  /** Whether it is of the public key; else of the whole certificate. */
  isOfKey: boolean;
  /** Lower-case hex of a certificate's, Base64 of a key's: what each is given as. */
  digest: string;
}

// Base64 of 32 bytes: its last character holds four bits, so it is one of sixteen.
const BASE64_LENGTH = 44;
const BASE64 = /^[A-Za-z\d+\/]+[AEIMQUYcgkosw048]=$/;
const HEX = /^[\da-f]+$/;

/** The digest of `bytes` as lower-case hex. */
export function fingerprint(bytes: string, algorithm: "SHA256" | "SHA1"): string {
  const digest = new Uint8Array(require("crypto")[algorithm](bytes));
  let hex = "";
  for (let i = 0, length = digest.length; i < length; i++) {
    const byte = digest[i]!;
    hex += (byte < 16 ? "0" : "") + byte.toString(16);
  }
  return hex;
}

/**
 * Reads a pin: SHA-256 or SHA-1 of the certificate in hex, in any case, with colons or blanks or nothing between the bytes, as
 * browsers, openssl and old sketches have it; or SHA-256 of the public key as `sha256/BASE64` (RFC 7469 2.4; curl writes two
 * slashes). Raises E_OPTION naming the pin for anything else.
 */
export function parsePin(text: string): Pin {
  const hex = ("" + text).replace(/[: ]/g, "").toLowerCase();
  if (HEX.test(hex) && (hex.length === 64 || hex.length === 40)) {
    return { algorithm: hex.length === 64 ? "SHA256" : "SHA1", isOfKey: false, digest: hex };
  }
  const digest = ("" + text).substr(-BASE64_LENGTH);
  const form = ("" + text).slice(0, -BASE64_LENGTH);
  if ((form !== "sha256/" && form !== "sha256//") || !BASE64.test(digest)) refuse("pin", text);
  return { algorithm: "SHA256", isOfKey: true, digest };
}

/** Whether a certificate, given as its DER and that of its SubjectPublicKeyInfo, is the pinned one. */
export function matchesPin(pin: Pin, der: string, publicKeyInfo: string): boolean {
  if (!pin.isOfKey) return fingerprint(der, pin.algorithm) === pin.digest;
  return btoa(E.toString(require("crypto").SHA256(publicKeyInfo))) === pin.digest;
}
