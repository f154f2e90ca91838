/** TLS records (RFC 5246, 6.2.1): type, version, length. */
export const RECORD_HEADER_BYTES = 5;
export const CONTENT_TYPE = { alert: 21, handshake: 22 } as const;

/** Alerts that mbedTLS sends when it refuses a certificate (RFC 5246, 7.2). */
export const ALERT = { badCertificate: 42, unsupportedCertificate: 43, unknownCa: 48 } as const;

const FATAL = 2;

/** A record with one fatal alert, in the clear. */
export function fatalAlertRecord(version: readonly [number, number], alert: number): Uint8Array {
  return Uint8Array.of(CONTENT_TYPE.alert, ...version, 0, 2, FATAL, alert);
}
