// Every complete response of test/vectors/response, cut short at every offset and closed cleanly: never an end.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { cutOffsets } from "./cut-offsets.ts";
import { isFinished, recordPieces, startRecording } from "./event-recorder.ts";
import { BUILD_NAMES, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer } from "./framer-builds.ts";
import { readResponseVectors } from "./response-vectors.ts";
import type { ResponseVector } from "./response-vectors.ts";

const selfDelimited = readResponseVectors().filter(endsByItself);

before(ensureFramerBuilds);

for (const buildName of BUILD_NAMES) {
  describe(buildName, () => {
    for (const vector of selfDelimited) {
      test(`cut short: ${vector.topic}: ${vector.title}`, () => { checkCutShort(loadFramer(buildName), vector); });
    }
  });
}

// Without length, chunked or a bodiless kind, the close itself is the end, so a cut cannot be seen.
function endsByItself(vector: ResponseVector): boolean {
  const head = vector.events.find((event) => event.type === "head");
  if (!head || vector.events.at(-1)?.type !== "end") return false;
  const framed = "content-length" in head.headers || "transfer-encoding" in head.headers;
  return framed || vector.setup.method === "HEAD" || head.statusCode === 204;
}

function checkCutShort(framer: Framer, vector: ResponseVector): void {
  const complete = completeLength(framer, vector);
  for (const length of cutOffsets(vector.bytes.slice(0, complete - 1))) {
    const events = recordPieces(framer, vector.setup, [vector.bytes.slice(0, length)], "clean close");
    const last = events.at(-1);
    const code = last?.type === "error" ? last.code : last?.type;
    assert.equal(code, length === 0 ? "E_NO_RESPONSE" : "E_TRUNCATED", `${length} of ${complete} bytes`);
    assert.equal(events.filter((event) => event.type === "end" || event.type === "error").length, 1);
  }
}

/** Gives how many bytes the response has up to its end, without what follows it. */
function completeLength(framer: Framer, vector: ResponseVector): number {
  const { parser, events } = startRecording(framer, vector.setup);
  let length = 0;
  while (!isFinished(events)) {
    assert.ok(length < vector.bytes.length, "ends without a close");
    parser.push(vector.bytes.charAt(length));
    length++;
  }
  return length;
}
