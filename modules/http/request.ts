// A request as bytes (RFC 9112 2-3, RFC 9110). Nothing is guessed and nothing can be smuggled in: whatever could end a
// line early is refused.
import { refuse } from "../errors";
import { toBytes } from "../text";
import { holdsLineEnd, TOKEN } from "./syntax";

/** Values of one name given as an array become header lines of their own. */
export type RequestHeaders = Record<string, any>;

export interface RequestHead {
  /** Default "GET". */
  method?: string;
  /** Path and query as they stand in the request line, percent-encoded; default "/". */
  path?: string;
  host?: string;
  /** Default 80, or 443 when `secure`. */
  port?: number;
  secure?: boolean;
  headers?: RequestHeaders;
  /** Sent with its length in bytes after the text rule (modules/text.ts). Leave out for a body sent in pieces. */
  body?: string;
  /** "1.0" (default): the answer ends with the connection, so no server can keep us waiting. Or "1.1". */
  httpVersion?: string;
}

/** The value given for a header, its name in any case; `wanted` in lower case. Two spellings of one name: both, with a comma. */
export function findHeader(headers: RequestHeaders, wanted: string): any {
  let found: any;
  for (const name in headers) {
    if (name.toLowerCase() === wanted) found = found === undefined ? headers[name] : found + "," + headers[name];
  }
  return found;
}

function headerLine(name: string, value: any): string {
  const bytes = toBytes("" + value);
  if (value === undefined || value === null || holdsLineEnd(bytes)) refuse("header", name);
  return name + ": " + bytes + "\r\n";
}

// RFC 9112 3.2: one Host, first, and the one that is connected to.
function headerLines(headers: RequestHeaders, host: string): string {
  let lines = "";
  for (const name in headers) {
    if (!TOKEN.test(name)) refuse("header", name);
    if (name.toLowerCase() !== "host") {
      for (const value of [].concat(headers[name])) lines += headerLine(name, value);
    } else if (headers[name] !== host) {
      refuse("Host", headers[name]);
    }
  }
  return headerLine("Host", host) + lines;
}

function hostWithPort(request: RequestHead): string {
  const host = request.host || "";
  const ownPort = request.secure ? 443 : 80;
  const port = request.port === undefined ? ownPort : request.port;
  if (!/^[\w.\-]+$/.test(host)) refuse("host", host);
  if (!(port > 0 && port < 65536 && port % 1 === 0)) refuse("port", port);
  return port === ownPort ? host : host + ":" + port;
}

// RFC 9112 6.2 and 6.3, and RFC 9110 8.6: a POST without a body says so; a length given by the program must be the true one.
function framingLine(headers: RequestHeaders, method: string, body: string | undefined, httpVersion: string): string {
  const length = findHeader(headers, "content-length");
  const coding = findHeader(headers, "transfer-encoding");
  if (coding !== undefined) {
    if (coding !== "chunked" || httpVersion !== "1.1" || body !== undefined || length !== undefined) refuse("Transfer-Encoding", coding);
  } else if (length !== undefined) {
    if (!/^\d+$/.test("" + length) || (body !== undefined && parseInt(length, 10) !== body.length)) refuse("Content-Length", length);
  } else if (body !== undefined || ["POST", "PUT", "PATCH"].indexOf(method) >= 0) {
    return headerLine("Content-Length", body ? body.length : 0);
  }
  return "";
}

// RFC 9112 3.2.1 and 3.2.4: a path from the root in visible ASCII, or the asterisk of OPTIONS
function checkStartLine(method: string, path: string, httpVersion: string): void {
  if (!TOKEN.test(method)) refuse("method", method);
  if (!/^\/[!-~]*$/.test(path) && (path !== "*" || method !== "OPTIONS")) refuse("path", path.split("?")[0]);
  if (!/^1\.[01]$/.test(httpVersion)) refuse("httpVersion", httpVersion);
}

/**
 * Gives the exact bytes of a request: request line, Host first (RFC 9112 3.2), the program's headers in their order, then
 * Content-Length and `Connection: close` unless given, and the body. Raises E_OPTION naming the option and its value
 * for anything that is no valid request, and E_TEXT_MIXED (modules/text.ts).
 */
export function serializeRequest(request: RequestHead): string {
  const method = request.method || "GET";
  const path = request.path || "/";
  const httpVersion = request.httpVersion || "1.0";
  const headers = request.headers || {};
  let body = request.body;
  checkStartLine(method, path, httpVersion);
  if (body !== undefined) {
    if (typeof body !== "string") refuse("body", typeof body);
    body = toBytes(body);
  }
  return method + " " + path + " HTTP/" + httpVersion + "\r\n" +
    headerLines(headers, hostWithPort(request)) +
    framingLine(headers, method, body, httpVersion) +
    (findHeader(headers, "connection") === undefined ? "Connection: close\r\n" : "") + "\r\n" + (body || "");
}
