// What holds for every response and for every string of bytes, tried on random ones (fixed seed).

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { progressOf, recordPieces, startRecording } from "./event-recorder.ts";
import type { FramerEvent, ParserSetup, StreamEnd } from "./event-recorder.ts";
import { BUILD_NAMES, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer } from "./framer-builds.ts";
import { cutAtFractions, cutFractions, validResponse } from "./response-arbitrary.ts";

const SEED = 9112;

// A parser that loops makes the test fail instead of hanging it.
const TIMEOUT_MS = 30_000;

// Pieces of responses in random order get further into the parser than random bytes do.
const fragment = fc.oneof(
  fc.constantFrom(
    "HTTP/1.1 200 OK\r\n", "HTTP/1.0 404\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/", "Content-Length: ", "5",
    "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "5\r\nhello\r\n", " folded\r\n", "X: y\r\n",
    "\r\n", "\n", "\r", ":", "\0", ";",
  ),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const responseLike = fc.tuple(fc.boolean(), fc.array(fragment, { maxLength: 12 })).map(([startsWell, fragments]) =>
  (startsWell ? "HTTP/1.1 200 OK\r\n" : "") + fragments.join(""));
const streamEnd = fc.constantFrom<StreamEnd>("open", "clean close", "unclean close");
const limits = fc.option(fc.record({
  lineBytes: fc.integer({ min: 16, max: 40 }),
  headBytes: fc.integer({ min: 16, max: 80 }),
  headerCount: fc.integer({ min: 1, max: 3 }),
}), { nil: undefined });
const response = validResponse({ bareLf: true, folds: true });
const change = fc.record({
  place: fc.double({ min: 0, max: 0.999, noNaN: true }),
  by: fc.constantFrom("", "\r", "\n", "\0", ":", " ", "9", "\xff"),
});

before(ensureFramerBuilds);

for (const buildName of BUILD_NAMES) {
  describe(buildName, { timeout: TIMEOUT_MS }, () => {
    const framer = (): Framer => loadFramer(buildName);
    test("a valid response gives what it was made from, however it is cut", () => { checkValid(framer()); });
    test("any bytes give the same legal events, however they are cut", () => { checkAnyBytes(framer()); });
    test("a valid response with one byte changed gives legal events", () => { checkOneByteChanged(framer()); });
  });
}

function checkValid(framer: Framer): void {
  fc.assert(fc.property(response, cutFractions, ({ method, bytes, streamEnd, events }, fractions) => {
    // Each byte by itself, too: random places seldom lie inside the line end of a chunk.
    for (const pieces of [cutAtFractions(bytes, fractions), [...bytes]]) assert.deepEqual(recordPieces(framer, { method }, pieces, streamEnd), events);
  }), { seed: SEED, numRuns: 400 });
}

function checkAnyBytes(framer: Framer): void {
  fc.assert(fc.property(responseLike, limits, streamEnd, cutFractions, (bytes, limits, end, fractions) => {
    const setup = limits ? { limits } : {};
    const whole = recordPieces(framer, setup, [bytes], end);
    assertLegal(whole);
    assert.deepEqual(recordPieces(framer, setup, cutAtFractions(bytes, fractions), end), whole);
    assertSameProgress(framer, setup, bytes);
  }), { seed: SEED, numRuns: 600 });
}

function checkOneByteChanged(framer: Framer): void {
  fc.assert(fc.property(response, change, cutFractions, ({ method, bytes, streamEnd }, { place, by }, fractions) => {
    const at = Math.floor(place * bytes.length);
    const changed = bytes.slice(0, at) + by + bytes.slice(at + 1);
    const whole = recordPieces(framer, { method }, [changed], streamEnd);
    assertLegal(whole);
    assert.deepEqual(recordPieces(framer, { method }, cutAtFractions(changed, fractions), streamEnd), whole);
  }), { seed: SEED, numRuns: 400 });
}

/** head, then body, then one end; an error may take the place of anything that is still to come. */
function assertLegal(events: FramerEvent[]): void {
  const order = events.map((event) => event.type).join(" ");
  assert.match(order, /^(|error|head( body)?( end| error)?)$/);
}

/** What has been reported after n bytes is the same for one push of n bytes and n pushes of one. */
function assertSameProgress(framer: Framer, setup: ParserSetup, bytes: string): void {
  const slow = startRecording(framer, setup);
  for (let length = 1; length <= bytes.length; length++) {
    slow.parser.push(bytes.charAt(length - 1));
    const fast = startRecording(framer, setup);
    fast.parser.push(bytes.slice(0, length));
    assert.equal(progressOf(fast.events), progressOf(slow.events), `after ${length} bytes`);
  }
}
