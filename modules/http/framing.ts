// RFC 9112 6.3: where the body of a response ends.
import type { ResponseHeaders } from "./headers";

/** In place of a number of bytes. */
export const CHUNKED = -1;

// By parseInt, because +"0010" is octal in the firmware (2v29). Sixteen digits are no longer exact in a number, and above 64 bits the firmware takes them modulo (2v29).
const MAX_LENGTH_DIGITS = 15;

/**
 * The length of the body that follows a head in bytes, Infinity when it ends with the connection, CHUNKED, or the
 * code of the error in framing headers that no body can be trusted to. (A length beside a coding is how responses are smuggled
 * past a proxy: RFC 9112 6.3, rule 3.)
 */
export function bodyLength(method: string | undefined, statusCode: number, headers: ResponseHeaders): number | string {
  const coding = headers["transfer-encoding"];
  const length = headers["content-length"];
  if (method === "HEAD" || statusCode === 204 || statusCode === 304) return 0;
  if (coding !== undefined) return length !== undefined ? "E_CONTENT_LENGTH" : coding.toLowerCase() === "chunked" ? CHUNKED : "E_TRANSFER_ENCODING";
  if (length === undefined) return Infinity;
  return /^\d+$/.test(length) && length.length <= MAX_LENGTH_DIGITS ? parseInt(length, 10) : "E_CONTENT_LENGTH";
}
