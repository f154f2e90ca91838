// Every vector of test/vectors/response, on the plain and the minified build.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { cutOffsets } from "./cut-offsets.ts";
import { endStream, isFinished, progressOf, recordPieces, startRecording } from "./event-recorder.ts";
import { BUILD_NAMES, COUNTED_BUILD, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer, ResponseParser } from "./framer-builds.ts";
import { readResponseVectors } from "./response-vectors.ts";
import type { ResponseVector } from "./response-vectors.ts";

const GARBAGE = "HTTP/1.1 500 Garbage\r\nContent-Length: 1\r\n\r\nx\r\n0\r\n\r\n\0\xff";

const vectors = readResponseVectors();

before(ensureFramerBuilds);

for (const buildName of [...BUILD_NAMES, COUNTED_BUILD]) {
  describe(buildName, () => {
    for (const vector of vectors) {
      test(`${vector.topic}: ${vector.title}`, () => { checkVector(loadFramer(buildName), vector); });
    }
  });
}

test("there are at least 80 response vectors, and each title says one thing", () => {
  assert.ok(vectors.length >= 80, `${vectors.length} vectors`);
  const titles = vectors.map((vector) => `${vector.topic}: ${vector.title}`);
  assert.equal(new Set(titles).size, titles.length);
});

function checkVector(framer: Framer, vector: ResponseVector): void {
  assert.deepEqual(recordPieces(framer, vector.setup, [vector.bytes], vector.streamEnd), vector.events, "whole");
  const progress = checkByteByByte(framer, vector);
  checkCutInTwo(framer, vector, progress);
  checkGarbageAfterEnd(framer, vector);
}

/** Gives the progress after each number of bytes, 0 included. */
function checkByteByByte(framer: Framer, vector: ResponseVector): string[] {
  const { parser, events } = startRecording(framer, vector.setup);
  const progress = [progressOf(events)];
  for (const byte of vector.bytes) {
    parser.push(byte);
    progress.push(progressOf(events));
  }
  endStream(parser, vector.streamEnd);
  assert.deepEqual(events, vector.events, "byte by byte");
  return progress;
}

/** Events depend on the bytes so far, not on how they came: the first half, too, must report what its bytes did. */
function checkCutInTwo(framer: Framer, vector: ResponseVector, progress: string[]): void {
  for (const offset of cutOffsets(vector.bytes, Object.values(vector.setup.limits ?? {}))) {
    const { parser, events } = startRecording(framer, vector.setup);
    parser.push(vector.bytes.slice(0, offset));
    assert.equal(progressOf(events), progress[offset], `after the first ${offset} bytes at once`);
    parser.push(vector.bytes.slice(offset));
    endStream(parser, vector.streamEnd);
    assert.deepEqual(events, vector.events, `cut at ${offset}`);
  }
}

function checkGarbageAfterEnd(framer: Framer, vector: ResponseVector): void {
  if (!isFinished(vector.events)) return;
  const later = startRecording(framer, vector.setup);
  later.parser.push(vector.bytes);
  const endedByItself = isFinished(later.events);
  endStream(later.parser, vector.streamEnd);
  addGarbage(later.parser);
  assert.deepEqual(later.events, vector.events, "garbage and closes after the end");
  if (!endedByItself) return;
  const glued = recordPieces(framer, vector.setup, [vector.bytes + GARBAGE], vector.streamEnd);
  assert.deepEqual(glued, vector.events, "garbage in the same piece as the end");
}

function addGarbage(parser: ResponseParser): void {
  parser.push(GARBAGE);
  for (const byte of GARBAGE) parser.push(byte);
  parser.close(true);
  parser.close(false);
}
