import type { SecureVersion } from "node:tls";

/** ESP-IDF's mbedTLS speaks TLS 1.0 to 1.2 (targets/esp32: sdkconfig). */
export const MIN_VERSION: SecureVersion = "TLSv1";
export const MAX_VERSION: SecureVersion = "TLSv1.2";

/** By the minor version number on the wire. SSL 3.0, which is 0, is compiled out. */
const VERSION_OF_MINOR: Record<number, SecureVersion> = { 0: "TLSv1", 1: "TLSv1", 2: "TLSv1.1", 3: "TLSv1.2" };

/** Node's name of a version; undefined for one that mbedTLS 2 does not know. */
export function secureVersion(minor: number): SecureVersion | undefined {
  return VERSION_OF_MINOR[minor];
}

const KEY_EXCHANGES = ["ECDHE-ECDSA-", "ECDHE-RSA-", "DHE-RSA-", ""];
const AES_SUITES = ["AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA", "AES128-SHA"];
const SHA2_CBC_SUITES = [
  "ECDHE-ECDSA-AES256-SHA384",
  "ECDHE-RSA-AES256-SHA384",
  "DHE-RSA-AES256-SHA256",
  "AES256-SHA256",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "DHE-RSA-AES128-SHA256",
  "AES128-SHA256",
];

/**
 * OpenSSL's names of the suites an ESP32 offers: AES-GCM and AES-CBC with ECDHE, DHE or RSA key exchange. Security
 * level 0, because mbedTLS refuses neither SHA-1 signatures nor 1024-bit keys.
 */
export const CIPHER_SUITES = [
  ...AES_SUITES.flatMap((suite) => KEY_EXCHANGES.map((exchange) => exchange + suite)),
  ...SHA2_CBC_SUITES,
  "@SECLEVEL=0",
].join(":");
