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
