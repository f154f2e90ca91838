// A string on the board is bytes, and text in it is UTF-8. These functions keep that rule on the three kinds of
// interpreter a program meets: firmware without Unicode support (every ESP32: a character is a byte), firmware with it
// (strings tagged as UTF-8 have characters above 0xFF), and plain JavaScript on a computer.
import { makeError } from "./errors";

const byte = String.fromCharCode;

/**
 * Length of the UTF-8 sequence (RFC 3629 3) that starts at `at`, 0 when there is none. Overlong forms and surrogates count
 * here. charCodeAt beyond the end is NaN, which no continuation byte is.
 */
export function sequenceLength(bytes: string, at: number): number {
  const lead = bytes.charCodeAt(at);
  const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    if (bytes.charCodeAt(at + i) >> 6 !== 2) return 0;
  }
  return length;
}

/** The bytes of a code point in UTF-8 (RFC 3629 3). */
export function utf8(codePoint: number): string {
  const last = byte(0x80 | (codePoint & 0x3f));
  if (codePoint < 0x80) return byte(codePoint);
  if (codePoint < 0x800) return byte(0xc0 | (codePoint >> 6)) + last;
  const third = byte(0x80 | ((codePoint >> 6) & 0x3f)) + last;
  if (codePoint < 0x10000) return byte(0xe0 | (codePoint >> 12)) + third;
  return byte(0xf0 | (codePoint >> 18), 0x80 | ((codePoint >> 12) & 0x3f)) + third;
}

// By hand, because the firmware's own E.fromUTF8 leaves bytes that were joined to such a text as they are (2v29). Its
// charCodeAt gives whole code points; plain JavaScript has codePointAt for that.
function encode(text: string): string {
  let asBytes = "";
  let asUtf8 = "";
  let isWide = false;
  let hasUtf8 = false;
  let isHalf = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt ? text.codePointAt(i) : text.charCodeAt(i);
    if (code > 0xff) isWide = true;
    if (sequenceLength(text, i)) hasUtf8 = true;
    if (code > 0xffff && text.codePointAt) i++;
    if (code >= 0xd800 && code < 0xe000) isHalf = true;
    asBytes += byte(code);
    asUtf8 += utf8(code);
  }
  if (isHalf || (isWide && hasUtf8)) throw makeError(isHalf ? "E_TEXT_INVALID" : "E_TEXT_MIXED", "options", JSON.stringify(text));
  return isWide ? asUtf8 : asBytes;
}

/**
 * The bytes a text goes out as: characters up to 0xFF are bytes and stay as they are; a text with any character above
 * 0xFF is encoded as UTF-8 as a whole. Raises E_TEXT_MIXED when such a text also holds bytes that are UTF-8
 * already, since one of the two would arrive wrong, and E_TEXT_INVALID for half a surrogate pair.
 * (Only firmware with Unicode support tags strings, and a computer's JavaScript has no E. Byte strings must not be walked: a loop
 * over characters costs 24,000 instructions a byte.)
 */
export function toBytes(text: string): string {
  return typeof E === "undefined" || (E.isUTF8 && E.isUTF8(text)) ? encode(text) : text;
}
