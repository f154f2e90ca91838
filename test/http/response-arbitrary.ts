// Generates valid responses together with the events they stand for (fast-check arbitraries).

import fc from "fast-check";
import type { FramerEvent, StreamEnd } from "./event-recorder.ts";

export interface GeneratedResponse {
  method: string;
  bytes: string;
  streamEnd: StreamEnd;
  events: FramerEvent[];
}

/** What only some readers take: node's parser refuses both. */
export interface Dialect {
  bareLf: boolean;
  folds: boolean;
}

interface HeaderLine {
  name: string;
  value: string;
  wire: string;
}

interface FramedBody {
  header: HeaderLine[];
  wire: string;
  streamEnd: StreamEnd;
}

const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const VISIBLE = characterRange(0x21, 0x7e);
const IN_VALUE = [" ", "\t", ...VISIBLE, ...characterRange(0x80, 0xff)];

const INTERIM = [["HTTP/1.1 100 Continue", "", ""], ["HTTP/1.1 103 Early Hints", "X-A: 1", "", ""]];

const byteString = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const visible = fc.string({ unit: fc.constantFrom(...VISIBLE), minLength: 1, maxLength: 3 });
const inner = fc.string({ unit: fc.constantFrom(...IN_VALUE), maxLength: 20 });
const blanks = fc.constantFrom("", " ", "\t", " \t ");
const word = fc.tuple(visible, inner, visible).map((parts) => parts.join(""));
const value = fc.oneof(fc.constant(""), visible, word);
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 });
const reason = fc.oneof(fc.constantFrom("OK", "Not Found"), fc.tuple(visible, inner).map((parts) => parts.join("")));

// A few names come often, so that values are joined; names that frame the body or steer the connection come never.
const headerName = fc.oneof(
  fc.constantFrom("X-A", "x-a", "Set-Cookie", "SET-cookie", "constructor", "Vary"),
  token.map((name) => `X-${name}`),
);

/** Gives an arbitrary for valid responses in the given dialect. */
export function validResponse(dialect: Dialect): fc.Arbitrary<GeneratedResponse> {
  const lineEnd = dialect.bareLf ? fc.constantFrom("\r\n", "\n") : fc.constant("\r\n");
  return lineEnd.chain((end) => fc.record({
    interim: fc.array(fc.constantFrom(...INTERIM.map((lines) => lines.join(end))), { maxLength: 3 }),
    method: fc.constantFrom("GET", "GET", "GET", "POST", "HEAD"),
    version: fc.constantFrom("1.0", "1.1"),
    status: fc.oneof(fc.constantFrom(200, 204, 304, 404), fc.integer({ min: 200, max: 599 })),
    reason,
    headers: fc.array(headerLine(dialect, end), { maxLength: 8 }),
    body: byteString.chain((body) => fc.tuple(fc.constant(body), framedBody(body, end))),
  }).map((parts) => compose(parts, end)));
}

interface Parts {
  interim: string[];
  method: string;
  version: string;
  status: number;
  reason: string;
  headers: HeaderLine[];
  body: [string, FramedBody];
}

function compose(parts: Parts, end: string): GeneratedResponse {
  const { interim, method, version, status, reason, headers, body: [body, framed] } = parts;
  const lines = [...headers, ...framed.header];
  const head = `HTTP/${version} ${status} ${reason}${end}${lines.map((line) => line.wire).join("")}${end}`;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const events: FramerEvent[] = [
    { type: "head", httpVersion: version, statusCode: status, statusMessage: reason, headers: joined(lines) },
    ...(hasBody && body !== "" ? [{ type: "body" as const, bytes: body }] : []),
    { type: "end" },
  ];
  const bytes = interim.join("") + head + (hasBody ? framed.wire : "");
  return { method, bytes, streamEnd: framed.streamEnd, events };
}

function joined(lines: HeaderLine[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const name of new Set(lines.map((line) => line.name.toLowerCase()))) {
    const values = lines.filter((line) => line.name.toLowerCase() === name).map((line) => line.value);
    headers[name] = name === "set-cookie" ? values : values.join(", ");
  }
  return headers;
}

function headerLine(dialect: Dialect, end: string): fc.Arbitrary<HeaderLine> {
  const parts = fc.array(value.filter((part) => part !== ""), { minLength: 2, maxLength: 3 });
  const folded = fc.record({ name: headerName, parts, blank: blanks }).map(({ name, parts, blank }) => ({
    name, value: parts.join(" "), wire: `${name}: ${parts.join(`${blank}${end} ${blank}`)}${end}`,
  }));
  const plain = fc.record({ name: headerName, value, before: blanks, after: blanks })
    .map(({ name, value, before, after }) => ({ name, value, wire: `${name}:${before}${value}${after}${end}` }));
  return dialect.folds ? fc.oneof(plain, plain, folded) : plain;
}

function framedBody(body: string, end: string): fc.Arbitrary<FramedBody> {
  return fc.oneof(
    fc.constantFrom("Content-Length", "content-length", "CONTENT-LENGTH").map((name) => lengthBody(name, body, end)),
    fc.constant<FramedBody>({ header: [], wire: body, streamEnd: "clean close" }),
    chunkedBody(body, end),
  );
}

function lengthBody(name: string, body: string, end: string): FramedBody {
  const value = String(body.length);
  return { header: [{ name, value, wire: `${name}: ${value}${end}` }], wire: body, streamEnd: "open" };
}

function chunkedBody(body: string, end: string): fc.Arbitrary<FramedBody> {
  return fc.record({
    coding: fc.constantFrom("chunked", "Chunked", "CHUNKED"),
    sizes: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 8 }),
    writeSize: fc.constantFrom<(size: number) => string>(
      (size) => size.toString(16),
      (size) => size.toString(16).toUpperCase(),
      (size) => size.toString(16).padStart(4, "0"),
    ),
    extension: fc.constantFrom("", ";name", ";name=value", ';name="a b"'),
    trailer: fc.constantFrom("", `X-Trailer: 1${end}`, `X-A: 1${end}X-B: 2${end}`),
  }).map(({ coding, sizes, writeSize, extension, trailer }) => {
    const chunk = (data: string): string => `${writeSize(data.length)}${extension}${end}${data}\r\n`;
    const wire = `${pieces(body, sizes).map(chunk).join("")}0${extension}${end}${trailer}${end}`;
    const header = { name: "Transfer-Encoding", value: coding, wire: `Transfer-Encoding: ${coding}${end}` };
    return { header: [header], wire, streamEnd: "open" as const };
  });
}

/** Cuts `text` into pieces of the given sizes, the rest being the last piece; none is empty. */
function pieces(text: string, sizes: number[]): string[] {
  const cut: string[] = [];
  let rest = text;
  for (const size of sizes) {
    cut.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return [...cut, rest].filter((piece) => piece !== "");
}

/** Cuts `text` at places given as fractions of its length. */
export function cutAtFractions(text: string, fractions: number[]): string[] {
  const places = fractions.map((fraction) => Math.floor(fraction * text.length)).sort((a, b) => a - b);
  return [0, ...places].map((place, index) => text.slice(place, places[index]));
}

/** Up to eight places to cut, for cutAtFractions. */
export const cutFractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

function characterRange(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));
}
