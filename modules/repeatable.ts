// Which requests may be sent again after how they ended: never one that may have been acted on and must not be twice.
import type { BoardError } from "./errors";
import type { ResponseHead } from "./http/response-parser";
import { isHarmlessTwice } from "./idempotent";
import type { RequestOptions } from "./request-options";

/** What a request ended in: an error has a `code`, a response none. */
export type Ending = BoardError | ResponseHead;

// In these nothing has been sent; of any later one that is not certain.
const BEFORE_SENDING = ["queued", "dns", "connect", "handshake"];
// What passes by itself: the network, a server that restarts, memory. All other codes are met again by the same request (an option, a
// certificate, an answer that is no HTTP), or no repetition may answer them (E_ABORTED, and E_SOCKETS_LOST, which only a restart mends).
const TRANSIENT = [
  "E_DNS", "E_CONNECT", "E_HEAP", "E_RESET", "E_HANDSHAKE", "E_TLS_ALERT", "E_TLS_RECORD", "E_NO_RESPONSE", "E_TRUNCATED", "E_TIMEOUT_DNS",
  "E_TIMEOUT_CONNECT", "E_TIMEOUT_HANDSHAKE", "E_TIMEOUT_FIRST_BYTE", "E_TIMEOUT_IDLE", "E_TIMEOUT_TOTAL",
];
// The other side hung up; any other number of mbedTLS is about what it speaks.
const HUNG_UP = /closed$|-0x1$/;
// RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4: the server says that it has not acted.
const NOT_ACTED_ON = [408, 425, 429];
// RFC 9110 15.6.3-15.6.5: something before or behind the server may be gone for a while. Not 500: there the server met its own mistake
// in this very request, and would meet it again.
const PASSING = [502, 503, 504];

/** Whether what this error tells of may pass by itself, so that the same request could succeed a little later. */
export function isTransient(error: BoardError): boolean {
  return TRANSIENT.indexOf(error.code) >= 0 && (error.code !== "E_HANDSHAKE" || HUNG_UP.test(error.message));
}

/**
 * Whether a request with these options that ended so may be sent again. After a transient error: any request of which nothing was sent;
 * else GET, HEAD, PUT, DELETE, OPTIONS (RFC 9110 9.2.2) and what has an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 * After status 408, 425 and 429 any, after 502, 503 and 504 the latter. A body from a function only while nothing was sent: what was taken
 * from it does not come again.
 */
export function mayRepeat(options: RequestOptions, ending: Ending): boolean {
  const { code, phase, statusCode } = ending as any;
  if (code !== undefined) {
    if (!isTransient(ending as BoardError)) return false;
    if (BEFORE_SENDING.indexOf(phase) >= 0) return true;
  } else if (NOT_ACTED_ON.indexOf(statusCode) >= 0) {
    return typeof options.body !== "function";
  } else if (PASSING.indexOf(statusCode) < 0) {
    return false;
  }
  return typeof options.body !== "function" && isHarmlessTwice(options);
}
