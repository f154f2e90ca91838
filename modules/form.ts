// Texts and fields as URLs and forms carry them. The firmware's own encodeURIComponent is of no use for this: on a Linux build it
// writes %33%19 for the bytes C3 A9 of an é (stock 64-bit 2v29; right on ESP32-like builds), and it never makes bytes of a character
// above U+00FF.
import { refuse } from "./errors";
import { toBytes } from "./text";

/** A field that is undefined is left out; a list is the same name again and again. */
export type Field = string | number | boolean | undefined;
export type Fields = Record<string, Field | Field[]>;

function escapeByte(byte: string): string {
  return "%" + ("0" + byte.charCodeAt(0).toString(16)).substr(-2).toUpperCase();
}

function escapeFormByte(byte: string): string {
  return byte === " " ? "+" : escapeByte(byte);
}

/** A text for any part of a URL: all but letters, digits, `-._~` as %XX of its UTF-8 (RFC 3986 2.1 and 2.3). Raises E_TEXT_MIXED. */
export function percentEncode(text: string): string {
  return toBytes(text).replace(/[^\w.~\-]/g, escapeByte);
}

// Application/x-www-form-urlencoded percent-encode set of the WHATWG URL Standard, 1.3: a tilde is escaped, an asterisk is not.
function formEncode(text: string): string {
  return toBytes(text).replace(/[^\w.*\-]/g, escapeFormByte);
}

function encode(fields: Fields, encodeText: (text: string) => string): string {
  const pairs: string[] = [];
  for (const name in fields) {
    for (const value of ([] as Field[]).concat(fields[name]!)) {
      if (typeof value === "object" || typeof value === "function") refuse(name, value);
      if (value !== undefined) pairs.push(encodeText(name) + "=" + encodeText("" + value));
    }
  }
  return pairs.join("&");
}

/**
 * `name=value&...` for the query of a URL, in the order of the fields, a space as %20 (RFC 3986 3.4). Numbers and booleans are written
 * as text. Raises E_OPTION for a field that is null, an object or a function, and E_TEXT_MIXED.
 */
export function encodeQuery(fields: Fields): string {
  return encode(fields, percentEncode);
}

/**
 * The body of a form, `application/x-www-form-urlencoded`, a space as + (WHATWG URL Standard 5.2). Fields and errors as encodeQuery's.
 */
export function encodeForm(fields: Fields): string {
  return encode(fields, formEncode);
}
