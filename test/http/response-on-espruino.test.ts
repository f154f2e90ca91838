// The response vectors on a real Espruino, where regular expressions, strings and numbers have their own ways.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { byteLiteral, runOnEspruino, SKIP_WITHOUT_ESPRUINO } from "./espruino-program.ts";
import type { FramerEvent } from "./event-recorder.ts";
import { BUILD_NAMES, ensureFramerBuilds } from "./framer-builds.ts";
import { readResponseVectors } from "./response-vectors.ts";
import type { ResponseVector } from "./response-vectors.ts";

// A program is held in memory beside what it does; an ESP32 has about 160 KB for both.
const BATCH_BYTES = 20_000;
const CALL_BYTES = 200;

// Byte by byte costs a call each: longer vectors are pushed in pieces of this many bytes instead.
const PIECE_BYTES = 97;
const SHORT_BYTES = 400;

const HARNESS = `
function record(setup, bytes, size, end) {
  var events = [];
  setup.onHead = function (head) {
    var headers = head.headers;
    events.push({ type: "head", head: head, hidden: headers.hasOwnProperty("constructor") && headers.constructor });
  };
  setup.onBody = function (piece) {
    var last = events[events.length - 1];
    if (last && last.type === "body") last.bytes += piece; else events.push({ type: "body", bytes: piece });
  };
  setup.onEnd = function () { events.push({ type: "end" }); };
  setup.onError = function (error) { events.push({ type: "error", code: error.code, phase: error.phase }); };
  var parser = framer.createResponseParser(setup);
  for (var at = 0; at < bytes.length; at += size) parser.push(bytes.substr(at, size));
  if (end !== "open") parser.close(end === "clean close");
  return events;
}
function run(setup, bytes, size, end) {
  print(JSON.stringify([record(setup, bytes, bytes.length || 1, end), record(setup, bytes, size, end)]));
}`;

before(async () => { if (!SKIP_WITHOUT_ESPRUINO) await ensureFramerBuilds(); });

for (const buildName of BUILD_NAMES) {
  describe(`${buildName} on a real interpreter`, { skip: SKIP_WITHOUT_ESPRUINO }, () => {
    for (const batch of batches(readResponseVectors())) {
      test(`${batch.length} vectors from "${batch[0]?.title ?? ""}"`, () => checkBatch(buildName, batch));
    }
  });
}

function batches(vectors: ResponseVector[]): ResponseVector[][] {
  const all: ResponseVector[][] = [[]];
  let bytes = 0;
  for (const vector of vectors) {
    if (bytes + vector.bytes.length > BATCH_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)?.push(vector);
    bytes += vector.bytes.length + CALL_BYTES;
  }
  return all;
}

async function checkBatch(buildName: string, batch: ResponseVector[]): Promise<void> {
  const results = await runOnEspruino(buildName, [HARNESS, ...batch.map(runStatement)]) as BoardEvent[][][];
  const wrong = batch
    .map((vector, index) => ({ vector, actual: (results[index] ?? []).map((run) => run.map(toEvent)) }))
    .filter(({ vector, actual }) => !isDeepStrictEqual(actual, [vector.events, vector.events]));
  assert.deepEqual(wrong, []);
}

function runStatement(vector: ResponseVector): string {
  const size = vector.bytes.length > SHORT_BYTES ? PIECE_BYTES : 1;
  return `run(${byteLiteral(vector.setup)}, ${byteLiteral(vector.bytes)}, ${size}, ${byteLiteral(vector.streamEnd)});`;
}

type Head = Omit<Extract<FramerEvent, { type: "head" }>, "type">;
type BoardEvent = Exclude<FramerEvent, { type: "head" }> | { type: "head"; head: Head; hidden: string | false };

// The interpreter's JSON.stringify and Object.keys leave out "constructor", though it can be read (2v29).
function toEvent(event: BoardEvent): FramerEvent {
  if (event.type !== "head") return event;
  const headers = { ...event.head.headers, ...(event.hidden === false ? {} : { constructor: event.hidden }) };
  return { type: "head", ...event.head, headers };
}
