/** The interpreter's strings are bytes: one character per byte, 0 to 255. */

export function toByteString(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Characters above 255 lose their upper bits, as in an interpreter without Unicode. */
export function fromByteString(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
