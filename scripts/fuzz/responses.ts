// Responses against the HTTP framer.
import { FORMS, type BuiltModules, type FramerModule, type ResponseParser } from "./built-modules.ts";
import { cutSomewhere, mutate } from "./mutate.ts";
import { randomSource, type RandomSource } from "./random-source.ts";
import { broken, problemOf, type Subject } from "./subject.ts";

const WORDS = [
  "HTTP/1.1 200 OK\r\n", "HTTP/1.0 404\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/", "Content-Length: ", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "chunked", ", ", "gzip",
  "Set-Cookie: a=b\r\n", "__proto__: x\r\n", "constructor: x\r\n", "0\r\n\r\n", "5\r\nhello\r\n", " folded\r\n", "\tfolded\r\n", "X-A: 1\r\n", "ffffffffffffffff", "4294967301", "-1", "+5", "0x5", "1e3", "007",
  "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", ":", ";", " ", "\t", "\0", "\x0b", "\x7f", "\x80", "\xa0", "\xff", "0", "9", "a",
];
const NAMES = ["X-A", "x-a", "Set-Cookie", "Vary", "constructor", "Content-Type", "toString"];
const VALUES = ["", "a", "a b", "text/html; charset=utf-8", "\xe9\xa0", "\"a, b\"", "1"];
/** How many of the inputs of up to so many bytes are also read byte by byte, which takes longest. */
const BY_BYTE_SHARE = 0.2;
const EXHAUSTIVE_BYTES = 300;
const LIMITS = { lineBytes: 8_192, headBytes: 16_384, headerCount: 100, interimCount: 8 };

export function responseSubject({ framer }: Pick<BuiltModules, "framer">): Subject {
  return { name: "responses", usualCount: 1_000_000, make: makeResponse, check: (input, seed) => problemOf(() => checkResponse(framer, input, seed)) };
}

function makeResponse(random: RandomSource): string {
  const end = random.share() < 0.8 ? "\r\n" : "\n";
  const headers = Array.from({ length: random.below(5) }, () => `${random.pick(NAMES)}:${random.pick(["", " ", "\t"])}${random.pick(VALUES)}${random.share() < 0.1 ? `${end} more` : ""}${end}`);
  const body = "0123456789\r\n".repeat(4).slice(0, random.below(48));
  const [framing, wire] = random.pick<[string, string]>([
    [`Content-Length: ${body.length}${end}`, body],
    [`Transfer-Encoding: chunked${end}`, chunksOf(body, end, random)],
    ["", body],
  ]);
  const interim = random.share() < 0.1 ? `HTTP/1.1 10${random.pick(["0", "2", "3"])} Wait${end}${end}` : "";
  const status = `HTTP/1.${random.below(2)} ${random.pick([200, 200, 204, 304, 404, 599])} ${random.pick(["OK", "", "Not Found"])}`;
  return mutate(`${interim}${status}${end}${headers.join("")}${framing}${end}${wire}`, WORDS, random);
}

function chunksOf(body: string, end: string, random: RandomSource): string {
  const pieces = cutSomewhere(body, random).filter((piece) => piece !== "");
  const extension = random.pick(["", "", ";a", ";a=\"b c\""]);
  const trailer = random.share() < 0.2 ? `X-T: 1${end}` : "";
  return `${pieces.map((piece) => `${piece.length.toString(16)}${extension}${end}${piece}\r\n`).join("")}0${end}${trailer}${end}`;
}

interface Setup {
  method: string;
  limits: Partial<typeof LIMITS> | undefined;
  /** How the connection ends: cleanly, or not. */
  isClean: boolean;
}

function setupOf(random: RandomSource): Setup {
  const limits = { lineBytes: 16 + random.below(48), headBytes: 16 + random.below(100), headerCount: 1 + random.below(4), interimCount: random.below(3) };
  return { method: random.pick(["GET", "GET", "GET", "HEAD"]), limits: random.share() < 0.3 ? limits : undefined, isClean: random.share() < 0.7 };
}

function checkResponse(framers: BuiltModules["framer"], input: string, seed: number): void {
  const random = randomSource(seed);
  const setup = setupOf(random);
  const pieces = cutSomewhere(input, random);
  const isByByte = input.length <= EXHAUSTIVE_BYTES && random.share() < BY_BYTE_SHARE;
  const first = read(framers.plain, setup, [input]);
  checkBody(first, input);
  for (const form of FORMS) {
    compare(first, read(framers[form], setup, pieces), `${form}, in ${pieces.length} pieces`);
    if (isByByte) compare(first, read(framers[form], setup, [...input]), `${form}, byte by byte`);
  }
}

interface Events {
  head: string;
  body: string;
  end: string;
}

/** Pushes the pieces and ends the connection. What is reported must come in order, and within the limits. */
function read(framer: FramerModule, { method, limits, isClean }: Setup, pieces: string[]): Events {
  const events: Events = { head: "", body: "", end: "" };
  const bounds = { ...LIMITS, ...limits };
  const notAfterEnd = (what: string): void => {
    if (events.end !== "") broken(`${what} after the end`);
  };
  const parser = framer.createResponseParser({
    method, limits,
    onHead(head) {
      notAfterEnd("a head");
      if (events.head !== "") broken("a second head");
      events.head = JSON.stringify(head);
    },
    onBody(bytes) {
      notAfterEnd("bytes of the body");
      if (events.head === "" || bytes === "") broken("a body without a head, or without bytes");
      events.body += bytes;
    },
    onEnd() {
      notAfterEnd("an end");
      if (events.head === "") broken("an end without a head");
      events.end = "end";
    },
    onError({ code, phase, message }) {
      notAfterEnd("an error");
      if (!/^E_[A-Z_]+$/.test(code) || message === "") broken(`an error of its own kind: ${code}`);
      // The message may show more of a bad line when more has come.
      events.end = `${code} in ${phase}`;
    },
  });
  for (const piece of pieces) {
    parser.push(piece);
    checkMemory(parser, bounds);
  }
  parser.close(isClean);
  if (events.end === "") broken("no end");
  return events;
}

/** What a parser keeps: an unfinished line, with a CR that may belong to its end; the name of the last header; a head. */
function checkMemory(parser: ResponseParser, { lineBytes, headBytes }: typeof LIMITS): void {
  let kept = 0;
  for (const name in parser) {
    const value = parser[name];
    if (typeof value === "string") kept += value.length;
  }
  if (kept > Math.min(lineBytes, headBytes) * 2 + 1) broken(`it keeps ${kept} bytes with a limit of ${lineBytes} for a line and ${headBytes} for a head`);
  const head = parser["partial"] as { headers: Record<string, string> } | undefined;
  if (head === undefined) return;
  let headLength = 0;
  for (const name in head.headers) headLength += name.length + head.headers[name]!.length;
  if (headLength > headBytes) broken(`its head has ${headLength} bytes with a limit of ${headBytes}`);
}

/** The body is made of bytes that came, in their order. */
function checkBody({ body }: Events, input: string): void {
  if (body.length > input.length) broken(`a body of ${body.length} bytes out of ${input.length}`);
  let at = -1;
  for (const byte of body) {
    at = input.indexOf(byte, at + 1);
    if (at < 0) broken("bytes in the body that were not sent");
  }
}

function compare(one: Events, other: Events, how: string): void {
  for (const part of ["head", "body", "end"] as const) {
    if (one[part] !== other[part]) broken(`${how} the ${part} is ${JSON.stringify(other[part])}, in one piece ${JSON.stringify(one[part])}`);
  }
}
