// Reads a response (RFC 9112) from bytes in any pieces. No socket, no timer: bytes and the way the connection ended go
// in, events come out. What is reported depends on the bytes alone, never on how they were cut.
//
//   Status -> Headers -> Body --------------------------------------> Done
//     ^  (1xx) |      -> ChunkSize -> Chunk -> ChunkEnd                ^
//     +--------+            |   ^-----------------+                    |
//                           +-> Trailers ------------------------------+
//
// A body that ends with the connection is a Body of infinite length, ended by close(true). The functions take the parser's
// state as argument, so that none is a closure. Those of a line state are given a whole line.
import { makeError } from "../errors";
import type { BoardError } from "../errors";
import { LIMITS, withDefaults } from "../limits";
import { bodyLength, CHUNKED } from "./framing";
import { addHeaderLine, appendFoldedLine, splitCookies } from "./headers";
import type { ResponseHeaders } from "./headers";
import { readStatusLine } from "./status-line";
import type { StatusLine } from "./status-line";

export interface ResponseHead extends StatusLine {
  headers: ResponseHeaders;
}

export interface ParserOptions {
  /** Of the request: a response to HEAD has no body. */
  method?: string | undefined;
  limits?: Partial<typeof LIMITS> | undefined;
  onHead(head: ResponseHead): void;
  /** `this` is the parser. */
  onBody(bytes: string): void;
  onEnd(): void;
  onError(error: BoardError): void;
}

export interface ResponseParser {
  /** Takes the next bytes of the connection. */
  push(bytes: string): void;
  /** Tells that the connection ended; `clean` when its end is authenticated (TLS close_notify) or cannot be (plain TCP). */
  close(clean: boolean): void;
}

// The line states come first.
const enum State {
  Status,
  Headers,
  ChunkSize,
  Trailers,
  Body,
  Chunk,
  ChunkEnd,
  Done,
}

/** Those that the body asks for with each piece come first: the firmware looks a property up from the start. @internal */
export interface Parser extends ResponseParser {
  /** Bytes of the body so far, without their framing. */
  bodySeen: number;
  /** What bodySeen will be at the end of the body, or of the chunk; no more than bodySeen outside of both. */
  bodyEnd: number;
  deliver: ParserOptions["onBody"];
  /** For a piece that holds more than a part of the body. */
  readOn(bytes: string): void;
  /** `push` for a piece that is not empty. */
  feed(bytes: string): void;
  client: ParserOptions;
  /** How often bytes came, but for those that went straight to the body. */
  received: number;
  bounds: typeof LIMITS;
  state: State;
  /** What is still to be read, from `at` on. */
  pending: string;
  at: number;
  /** Of the head or the trailers that are being read. */
  sectionBytes: number;
  headersSeen: number;
  lastHeader?: string | undefined;
  interimsSeen: number;
  /** The head that is being read. */
  partial?: ResponseHead;
  /** Bytes came behind the end of the response. */
  hasExcess?: boolean;
}

// What is longer is no longer exact in a number, and above 64 bits the firmware takes it modulo (2v29).
const MAX_SIZE_DIGITS = 13;

// Of a length up to six digits, and the line ends before and behind it.
const SHORT_SIZE_BYTES = 10;

/** Ends it: what comes from now on is ignored, and nothing is called any more. @internal */
export function stopParser(parser: Parser): void {
  parser.state = State.Done;
  parser.bodyEnd = 0;
  parser.pending = "";
}

// Enough of an offending line to know it by; the whole could be more than the board can hold twice.
const SHOWN_BYTES = 60;

function fail(parser: Parser, code: string, value: any): void {
  const phase = parser.received === 0 ? "first-byte" : parser.state < State.ChunkSize ? "head" : "body";
  stopParser(parser);
  parser.client.onError(makeError(code, phase, JSON.stringify(("" + value).substr(0, SHOWN_BYTES))));
}

function end(parser: Parser): void {
  parser.hasExcess = parser.at < parser.pending.length;
  stopParser(parser);
  parser.client.onEnd();
}

// Of the two limits the one that comes first in the bytes is broken, however they were cut; a line end is not of the line.
function checkLimits(parser: Parser, lineBytes: number, rawBytes: number): void {
  const lineLimit = parser.bounds.lineBytes;
  const headLimit = parser.bounds.headBytes;
  const room = headLimit - parser.sectionBytes;
  if (lineBytes > lineLimit && room > lineLimit) fail(parser, "E_LINE_LIMIT", lineLimit);
  else if (rawBytes > room) fail(parser, "E_HEAD_LIMIT", headLimit);
}

// The next line without its line end (CR LF, or LF alone as RFC 9112 2.2 allows); undefined when it is not whole yet.
function takeLine(parser: Parser): string | undefined {
  const pending = parser.pending;
  const start = parser.at;
  const lineEnd = pending.indexOf("\n", start);
  const stop = lineEnd < 0 ? pending.length : lineEnd;
  const lineBytes = stop - start - (stop > start && pending.charAt(stop - 1) === "\r" ? 1 : 0);
  const rawBytes = stop - start + (lineEnd < 0 ? 0 : 1);
  checkLimits(parser, lineBytes, rawBytes);
  if (lineEnd < 0) return undefined;
  parser.sectionBytes += rawBytes;
  parser.at = lineEnd + 1;
  return pending.substr(start, lineBytes);
}

function startSection(parser: Parser, state: State): void {
  parser.state = state;
  parser.sectionBytes = 0;
  parser.headersSeen = 0;
  parser.lastHeader = undefined;
}

function readStatus(parser: Parser, line: string): void {
  const head: any = readStatusLine(line);
  if (head) {
    head.headers = {};
    parser.partial = head;
    parser.state = State.Headers;
  } else {
    fail(parser, "E_STATUS_LINE", line);
  }
}

function endHead(parser: Parser): void {
  const head = parser.partial!;
  const headers = head.headers;
  const length = bodyLength(parser.client.method, head.statusCode, headers);
  const limit = parser.bounds.interimCount;
  if (head.statusCode < 200) {
    if (parser.interimsSeen++ < limit) startSection(parser, State.Status);
    else fail(parser, "E_INTERIM_LIMIT", limit);
  } else if (typeof length === "string") {
    fail(parser, length, headers["content-length"] || headers["transfer-encoding"]);
  } else {
    splitCookies(headers);
    startSection(parser, length === CHUNKED ? State.ChunkSize : State.Body);
    parser.bodyEnd = length === CHUNKED ? 0 : length;
    parser.client.onHead(head);
    if (length === 0 && parser.state !== State.Done) end(parser);
  }
}

function readHeader(parser: Parser, line: string, headers: ResponseHeaders): void {
  const isFold = /^[ \t]/.test(line);
  if (!isFold) {
    parser.headersSeen++;
    parser.lastHeader = addHeaderLine(headers, line);
  }
  const name = parser.lastHeader;
  if (parser.headersSeen > parser.bounds.headerCount) fail(parser, "E_HEADER_COUNT", parser.bounds.headerCount);
  else if (name === undefined || (isFold && !appendFoldedLine(headers, name, line))) fail(parser, "E_HEADER_LINE", line);
}

function readHeaders(parser: Parser, line: string): void {
  if (line === "") endHead(parser);
  else readHeader(parser, line, parser.partial!.headers);
}

// RFC 9112 7.1: chunk-size [ chunk-ext ]
function readChunkSize(parser: Parser, line: string): void {
  const semicolon = line.indexOf(";");
  const size = semicolon < 0 ? line : line.substr(0, semicolon);
  const length = parseInt(size, 16);
  parser.sectionBytes = 0;
  if (!/^[\da-f]+[ \t]*$/i.test(size) || size.trim().length > MAX_SIZE_DIGITS) {
    fail(parser, "E_CHUNK", line);
  } else if (length > 0) {
    parser.bodyEnd = parser.bodySeen + length;
    parser.state = State.Chunk;
  } else {
    startSection(parser, State.Trailers);
  }
}

// Trailers are checked and dropped: each line goes into an object of its own.
function readTrailer(parser: Parser, line: string): void {
  if (line === "") end(parser);
  else readHeader(parser, line, {});
}

const LINE_STEPS = [readStatus, readHeaders, readChunkSize, readTrailer];

// What cannot become a status line is told from its first five bytes.
function readLine(parser: Parser): boolean {
  const state = parser.state;
  const start = state === State.Status ? parser.pending.substr(parser.at, 5) : "";
  if (start.length === 5 && start !== "HTTP/") {
    fail(parser, "E_STATUS_LINE", start);
    return false;
  }
  const line = takeLine(parser);
  if (line !== undefined && parser.state === state) LINE_STEPS[state]!(parser, line);
  return line !== undefined && parser.at < parser.pending.length;
}

// The line end after a chunk, which must be there before anything else is believed.
function readChunkEnd(parser: Parser): boolean {
  const lineEnd = parser.pending.substr(parser.at, 2);
  if (lineEnd === "" || lineEnd === "\r") return false;
  parser.at += 2;
  if (lineEnd === "\r\n") parser.state = State.ChunkSize;
  else fail(parser, "E_CHUNK", lineEnd);
  return true;
}

// What was taken is gone before it is given out: an exception there must not bring it again. (A length above 31 bits, or Infinity, is
// none to the firmware's substr and substring, 2v29.)
function readBody(parser: Parser): boolean {
  const { pending, at } = parser;
  const remaining = parser.bodyEnd - parser.bodySeen;
  const bytes = pending.length - at > remaining ? pending.substr(at, remaining) : pending.substr(at);
  parser.bodySeen += bytes.length;
  parser.at += bytes.length;
  parser.deliver(bytes);
  if (parser.bodySeen === parser.bodyEnd && parser.state === State.Body) end(parser);
  return false;
}

// The rest of a chunk. Behind it comes nearly always the length of the next one and nothing else, which is read here too: as steps of their
// own line end and length cost more than all the rest. All that is found is given out at once.
function readChunks(parser: Parser): boolean {
  const pending = parser.pending;
  const end = pending.length;
  let stop = parser.at + parser.bodyEnd - parser.bodySeen;
  let bytes = pending.substring(parser.at, stop < end ? stop : end);
  while (stop < end) {
    const next = pending.substr(stop, SHORT_SIZE_BYTES);
    const length = parseInt(next, 16);
    const line = "\r\n" + length.toString(16) + "\r\n";
    if (!(length > 0 && next.startsWith(line))) break;
    stop += line.length + length;
    bytes += pending.substring(stop - length, stop);
  }
  parser.at = stop < end ? stop : end;
  parser.bodySeen += bytes.length;
  parser.bodyEnd = parser.bodySeen + stop - end;
  if (stop <= end) parser.state = State.ChunkEnd;
  parser.deliver(bytes);
  return stop < end;
}

// What comes behind the end.
function drop(parser: Parser): boolean {
  parser.hasExcess = true;
  parser.pending = "";
  return false;
}

// By state. Each goes one step forward; false when more bytes are needed first.
const STEPS = [readLine, readLine, readLine, readLine, readBody, readChunks, readChunkEnd, drop];

function readOn(this: Parser, bytes: string): void {
  this.bodySeen -= bytes.length;
  this.received++;
  this.pending = this.pending ? this.pending + bytes : bytes;
  while (STEPS[this.state]!(this));
  this.pending = this.pending.substr(this.at);
  this.at = 0;
}

// Inside a body or a chunk there is nothing to look for. (What is not executed the firmware reads nevertheless, so the rest is a function of
// its own.)
function feed(this: Parser, bytes: string): void {
  if ((this.bodySeen += bytes.length) < this.bodyEnd) this.deliver(bytes);
  else this.readOn(bytes);
}

function push(this: Parser, bytes: string): void {
  if (bytes) this.feed(bytes);
}

function close(this: Parser, clean: boolean): void {
  if (this.state === State.Done) return;
  if (clean && this.bodyEnd === Infinity) end(this);
  else fail(this, this.received === 0 ? "E_NO_RESPONSE" : "E_TRUNCATED", this.bodySeen);
}

/**
 * Makes a parser for one response. It calls onHead once, onBody for each piece, then exactly one of onEnd and onError;
 * whatever comes after that is ignored. It keeps no more than one unfinished line (at most `limits.lineBytes`). The
 * message is the start of the offending line, the limit or the header, and for E_TRUNCATED the bytes of the body that came.
 * Errors: E_STATUS_LINE, E_HEADER_LINE, E_LINE_LIMIT, E_HEAD_LIMIT, E_HEADER_COUNT, E_INTERIM_LIMIT, E_CONTENT_LENGTH,
 * E_TRANSFER_ENCODING, E_CHUNK, E_NO_RESPONSE, E_TRUNCATED. Raises E_OPTION for a limit that is no number.
 */
export function createResponseParser(options: ParserOptions): Parser {
  const parser: Parser = {
    bodySeen: 0,
    bodyEnd: 0,
    deliver: options.onBody,
    pending: "",
    at: 0,
    state: State.Status,
    received: 0,
    client: options,
    bounds: withDefaults(LIMITS, options.limits),
    sectionBytes: 0,
    headersSeen: 0,
    interimsSeen: 0,
    readOn,
    feed,
    push,
    close,
  };
  return parser;
}
