/** One element of DER text (X.690, 8.1): where its contents lie in the bytes it was read from. */
export interface DerElement {
  tag: number;
  /** Where its tag stands. */
  start: number;
  /** Where its contents begin. */
  contents: number;
  /** Length of the contents. */
  length: number;
  /** Where the next element begins. */
  end: number;
}

const LONG_FORM = 0x80;

/** Raised for bytes that are no DER. */
export class DerError extends Error {}

/** Reads the element at `start`, which must end before `limit`. @throws DerError */
export function readElement(bytes: Uint8Array, start: number, limit = bytes.length): DerElement {
  const tag = byteAt(bytes, start, limit);
  const first = byteAt(bytes, start + 1, limit);
  const lengthBytes = first < LONG_FORM ? 0 : first - LONG_FORM;
  let length = first < LONG_FORM ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + byteAt(bytes, start + 2 + i, limit);
  const contents = start + 2 + lengthBytes;
  if (contents + length > limit) throw new DerError(`The element at ${start} is longer than what it is in`);
  return { tag, start, contents, length, end: contents + length };
}

/** The elements inside one. @throws DerError */
export function readChildren(bytes: Uint8Array, { contents, end }: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let at = contents; at < end; at = children.at(-1)!.end) children.push(readElement(bytes, at, end));
  return children;
}

/** The contents themselves. */
export function contentsOf(bytes: Uint8Array, { contents, length }: DerElement): Uint8Array {
  return bytes.subarray(contents, contents + length);
}

function byteAt(bytes: Uint8Array, at: number, limit: number): number {
  const byte = at < limit ? bytes[at] : undefined;
  if (byte === undefined) throw new DerError(`The bytes end at ${limit}, in the middle of an element`);
  return byte;
}
