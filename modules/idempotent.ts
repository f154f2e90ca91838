// Which requests do no more than once when they are sent twice.
import { findHeader } from "./http/request";
import type { RequestOptions } from "./request-options";

const IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"];

/**
 * Whether a request may be sent again that may have been acted on: by its method (RFC 9110 9.2.2), or by the header by which a server
 * knows a repeat, `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 */
export function isHarmlessTwice({ method, headers }: RequestOptions): boolean {
  return IDEMPOTENT.indexOf(method || "GET") >= 0 || findHeader(headers || {}, "idempotency-key") !== undefined;
}
