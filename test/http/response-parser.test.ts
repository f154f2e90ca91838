// How the parser behaves as an object: streaming, callbacks that close it, several at once.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { recordPieces, startRecording } from "./event-recorder.ts";
import { BUILD_NAMES, COUNTED_BUILD, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer, ResponseParser } from "./framer-builds.ts";

const PIECE = "0123456789abcdef".repeat(64);
const PIECES = 1024;

/** What comes before the body, and what stands around each piece of it, for each way to frame 1 MB. */
const FRAMINGS = {
  "a length": { start: "Content-Length: 1048576\r\n\r\n", before: "", after: "" },
  "chunks": { start: "Transfer-Encoding: chunked\r\n\r\n", before: "400\r\n", after: "\r\n" },
  "one chunk": { start: "Transfer-Encoding: chunked\r\n\r\n100000\r\n", before: "", after: "" },
  "the close": { start: "\r\n", before: "", after: "" },
};

/** What can follow the status line, so that each event comes in each state that has it. */
const REST_OF_RESPONSE = [
  "Content-Length: 5\r\n\r\nhello",
  "Content-Length: 0\r\n\r\n",
  "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n",
  "Transfer-Encoding: chunked\r\n\r\nx\r\n",
  "\r\nhello",
];

before(ensureFramerBuilds);

for (const buildName of [...BUILD_NAMES, COUNTED_BUILD]) {
  describe(buildName, () => {
    for (const framing of Object.keys(FRAMINGS) as (keyof typeof FRAMINGS)[]) {
      test(`1 MB framed by ${framing} is handed on as it comes, none of it kept`, () => {
        checkStreaming(loadFramer(buildName), framing);
      });
    }
    for (const event of ["onHead", "onBody", "onEnd", "onError"] as const) {
      test(`closing the parser from ${event} ends it once`, () => { checkCloseFrom(loadFramer(buildName), event); });
    }
    test("two parsers fed in turns do not mix", () => { checkTwoParsers(loadFramer(buildName)); });
    test("pushing nothing changes nothing", () => { checkEmptyPieces(loadFramer(buildName)); });
  });
}

function checkStreaming(framer: Framer, framing: keyof typeof FRAMINGS): void {
  const { start, before, after } = FRAMINGS[framing];
  let lastBytes = "";
  const parser = framer.createResponseParser({
    onHead: () => {},
    onBody: (bytes) => { lastBytes = bytes; },
    onEnd: () => {},
    onError: (error) => { assert.fail(error.message); },
  });
  parser.push(`HTTP/1.1 200 OK\r\n${start}`);
  for (let i = 0; i < PIECES; i++) {
    lastBytes = "";
    parser.push(before + PIECE + after);
    assert.equal(lastBytes, PIECE, `piece ${i} is reported during its push, without an earlier one`);
  }
}

function checkCloseFrom(framer: Framer, event: "onHead" | "onBody" | "onEnd" | "onError"): void {
  for (const rest of REST_OF_RESPONSE) {
    for (const clean of [true, false]) assertEndsOnce(framer, event, `HTTP/1.1 200 OK\r\n${rest}`, clean);
  }
}

function assertEndsOnce(framer: Framer, event: string, bytes: string, clean: boolean): void {
  let endings = 0;
  const react = (name: string) => (): void => {
    if (name === "onEnd" || name === "onError") endings++;
    if (name === event) parser.close(clean);
  };
  const parser: ResponseParser = framer.createResponseParser({
    onHead: react("onHead"), onBody: react("onBody"), onEnd: react("onEnd"), onError: react("onError"),
  });
  parser.push(bytes);
  parser.close(false);
  assert.equal(endings, 1, `${JSON.stringify(bytes)} closed ${clean ? "cleanly" : "uncleanly"} from ${event}`);
}

function checkTwoParsers(framer: Framer): void {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n3\r\nabc\r\n0\r\nX-B: 2\r\n\r\n";
  const counted = "HTTP/1.0 404 Not Found\r\nX-A: 2\r\n folded\r\nContent-Length: 11\r\n\r\nhello world";
  const first = startRecording(framer, {});
  const second = startRecording(framer, {});
  for (let i = 0; i < Math.max(chunked.length, counted.length); i++) {
    first.parser.push(chunked.charAt(i));
    second.parser.push(counted.charAt(i));
  }
  assert.deepEqual(first.events, recordPieces(framer, {}, [chunked], "open"));
  assert.deepEqual(second.events, recordPieces(framer, {}, [counted], "open"));
}

function checkEmptyPieces(framer: Framer): void {
  const response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const withEmpty = [...response].flatMap((byte) => ["", byte, ""]);
  assert.deepEqual(recordPieces(framer, {}, withEmpty, "open"), recordPieces(framer, {}, [response], "open"));
  const nothing = recordPieces(framer, {}, ["", ""], "clean close");
  assert.deepEqual(nothing, [{ type: "error", code: "E_NO_RESPONSE", phase: "first-byte" }]);
}
