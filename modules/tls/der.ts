// Reads DER (X.690): tag, length, contents, one after the other. Whoever made the bytes, a reader never looks beyond them, takes a
// bounded number of steps, does not recurse, and raises nothing but E_CERTIFICATE.
//
// There is no tree and no object for an element, because the board pays for each: a cursor goes over the bytes, entering an
// element gives where it ends, and `cursor.at = end` leaves it.
import { makeError } from "../errors";

export const enum Tag {
  Any = 0,
  Boolean = 0x01,
  Integer = 0x02,
  OctetString = 0x04,
  UtcTime = 0x17,
  GeneralizedTime = 0x18,
  Sequence = 0x30,
}

// Some 20 elements of a certificate are looked at, and apart from them each of its names: big services have 100 to 250 in one. A
// hostile one costs no more than that.
const ELEMENTS_MAX = 500;
// Three bytes hold 16 MB, and mbedTLS takes no certificate above 16 KB.
const LENGTH_BYTES_MAX = 3;

/** A place in DER bytes. @internal */
export interface Cursor {
  bytes: string;
  at: number;
  /** How many elements may still be entered. */
  left: number;
}

/** Gives a cursor at the start of `bytes`. */
export function openDer(bytes: string): Cursor {
  return { bytes, at: 0, left: ELEMENTS_MAX };
}

/** Raises E_CERTIFICATE: what the cursor is at is not what it has to be. */
export function refuseDer(cursor: Cursor): never {
  throw makeError("E_CERTIFICATE", "handshake", "byte " + cursor.at);
}

/**
 * Enters the element that the cursor is at: it stands on the first byte of the contents then. Gives the position behind them.
 * Raises E_CERTIFICATE for another tag, a length that is indefinite or has more bytes than needed (X.690 10.1), an element that
 * reaches beyond `end`, and after 500 elements. (charCodeAt behind the last byte is NaN, for which no comparison holds, and
 * Infinity stands for what is no length: it fits nowhere.)
 */
export function enter(cursor: Cursor, tag: Tag, end: number): number {
  const bytes = cursor.bytes;
  let contents = cursor.at + 2;
  let length = bytes.charCodeAt(contents - 1);
  if (length > 127) {
    let count = length & 127;
    length = 0;
    if (count <= LENGTH_BYTES_MAX && bytes.charCodeAt(contents)) {
      while (count--) length = length * 256 + bytes.charCodeAt(contents++);
    }
    if (length < 128) length = Infinity;
  }
  if (!(contents + length <= end) || (tag && bytes.charCodeAt(cursor.at) !== tag) || cursor.left-- < 1) refuseDer(cursor);
  cursor.at = contents;
  return contents + length;
}

/**
 * Enters the next element up to `end` whose contents begin with `wanted`, and gives the position behind it; 0 when there is
 * none. `text` is what `wanted` is looked for in: the cursor's bytes, or those in lower case. Raises what enter() does. (The
 * firmware's own search goes first, so that nothing is walked over in vain. The inner loop does for short elements what enter() does
 * for any, at less than half its price.)
 */
export function seek(cursor: Cursor, wanted: string, end: number, text: string): number {
  const bytes = cursor.bytes;
  let at = cursor.at;
  let found = text.indexOf(wanted, at);
  while (found >= 0 && found < end) {
    let length: number;
    while (at + 2 < found && cursor.left-- > 0 && (length = bytes.charCodeAt(at + 1)) < 128) at += 2 + length;
    if (at <= found) {
      cursor.at = at;
      at = enter(cursor, Tag.Any, end);
      if (cursor.at === found) return at;
    }
    if (at > found) found = text.indexOf(wanted, at);
  }
  return 0;
}
