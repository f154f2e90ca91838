/**
 * Names a number that clients send to keep servers tolerant (GREASE, RFC 8701: 0x0A0A, 0x1A1A, ... 0xFAFA).
 *
 * @param value 16-bit number of a cipher suite, group or signature scheme
 * @param prefix what goes before its two telling digits
 * @returns the name, or undefined for any other number
 */
export function greaseName(value: number, prefix: string): string | undefined {
  const isGrease = (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
  return isGrease ? prefix + (value & 0xff).toString(16).toUpperCase().padStart(2, "0") : undefined;
}
