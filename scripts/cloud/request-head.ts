/** A request's head, exactly as it was sent and taken apart. */
export interface RequestHead {
  /** Every byte up to and including the empty line. */
  bytes: Buffer;
  method: string;
  target: string;
  httpVersion: "1.0" | "1.1";
  /** Names as sent, in order; repeated ones are not joined. */
  headers: [name: string, value: string][];
}

/** A request that is refused, and how. */
export class RequestError extends Error {
  override name = "RequestError";
  /** HTTP status code that tells the client. */
  readonly status: number;
  /** One word for it, as OAuth wants (RFC 6749 5.2). */
  readonly code: string;
  /** Headers that belong to the status, for example Allow. */
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, code = "invalid_request", headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP\/1\.([01])$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/;

/**
 * Takes a request's head apart, as strictly as RFC 9112 lets a server be: CRLF alone ends a line, no folded lines, no
 * white space before a colon, no control characters.
 *
 * @param bytes the head, its empty line included
 * @throws RequestError 400 that quotes the first line it refuses
 */
export function parseRequestHead(bytes: Buffer): RequestHead {
  const text = bytes.toString("latin1");
  if (!text.endsWith("\r\n\r\n")) throw new RequestError(400, "Head does not end with CRLF CRLF");
  const [requestLine = "", ...headerLines] = text.slice(0, -4).split("\r\n");
  const [, method, target, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) throw refusal("Request line", requestLine);
  return { bytes, method, target, httpVersion: minor === "1" ? "1.1" : "1.0", headers: headerLines.map(parseHeader) };
}

function parseHeader(line: string): [string, string] {
  const [, name, value] = HEADER_LINE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw refusal("Header line", line);
  return [name, value];
}

function refusal(what: string, line: string): RequestError {
  return new RequestError(400, `${what} ${JSON.stringify(line.slice(0, 100))} is malformed`);
}

/** Gives every value of a header, in the order sent; the name in any case. */
export function headerValues(head: RequestHead, name: string): string[] {
  return head.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Whether the client leaves the connection open for another request (RFC 9112 9.3). */
export function keepsAlive(head: RequestHead): boolean {
  const asked = headerValues(head, "connection").join().toLowerCase().split(/[ \t]*,[ \t]*/);
  return head.httpVersion === "1.1" && !asked.includes("close");
}

/**
 * Demands one Host, and that it be this one, with or without its port.
 *
 * @throws RequestError 400 for none or two (RFC 9112 3.2), 421 for another (RFC 9110 15.5.20)
 */
export function checkHost(head: RequestHead, host: string, port = 443): void {
  const [sent, ...more] = headerValues(head, "host");
  if (sent === undefined) throw new RequestError(400, "Host is missing");
  if (more.length > 0) throw new RequestError(400, "Host was sent twice");
  if (![host, `${host}:${port}`].includes(sent.toLowerCase())) {
    throw new RequestError(421, `Host ${JSON.stringify(sent)} is not served here`);
  }
}

/** Whether the client says that a body follows (RFC 9112 6). */
export function hasBody(head: RequestHead): boolean {
  return [...headerValues(head, "content-length"), ...headerValues(head, "transfer-encoding")].length > 0;
}

/** Gives the body's length in bytes, 0 where none is announced; raises what {@link contentLength} does. */
export function optionalLength(head: RequestHead): number {
  return hasBody(head) ? contentLength(head) : 0;
}

/**
 * Gives the body's length in bytes (RFC 9112 6.3), demanding that it be stated.
 *
 * @throws RequestError 411 without a Content-Length, 400 for one that is not decimal digits, is repeated with another
 * value, or stands beside Transfer-Encoding
 */
export function contentLength(head: RequestHead): number {
  const values = headerValues(head, "content-length");
  const encodings = headerValues(head, "transfer-encoding");
  const [value] = values;
  if (value === undefined) throw new RequestError(411, "Content-Length is missing");
  if (encodings.length > 0) throw new RequestError(400, "Content-Length stands beside Transfer-Encoding");
  if (!/^[0-9]{1,15}$/.test(value)) throw new RequestError(400, `Content-Length ${JSON.stringify(value)} is no number`);
  if (values.some((each) => each !== value)) throw new RequestError(400, "Content-Length was sent twice and differs");
  return Number(value);
}
