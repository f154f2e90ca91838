/** Seconds from 1900, where NTP counts from, to 1970 (RFC 5905 6). */
const UNIX_EPOCH_IN_NTP_S = 2_208_988_800;
const ERA_S = 2 ** 32;

/**
 * Writes a time as the 64 bits of an NTP time stamp (RFC 5905 6): seconds since 1900, era bits dropped, and fraction.
 *
 * @param unixMs ms since 1970
 */
export function toNtpTimestamp(unixMs: number): Buffer {
  const seconds = Math.floor(unixMs / 1000);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE((seconds + UNIX_EPOCH_IN_NTP_S) % ERA_S, 0);
  bytes.writeUInt32BE(Math.floor(((unixMs - seconds * 1000) / 1000) * ERA_S), 4);
  return bytes;
}

/**
 * Reads the 64 bits of an NTP time stamp of era 0 (1900 to 2036).
 *
 * @returns ms since 1970, with a fraction
 */
export function fromNtpTimestamp(bytes: Buffer): number {
  const seconds = bytes.readUInt32BE(0) - UNIX_EPOCH_IN_NTP_S;
  return seconds * 1000 + (bytes.readUInt32BE(4) / ERA_S) * 1000;
}
