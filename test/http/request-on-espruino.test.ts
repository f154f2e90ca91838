// The request vectors on a real Espruino. Those with characters above 0xFF are left out: builds without Unicode, and no
// ESP32 has one with it, cannot hold them.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { byteLiteral, runOnEspruino, SKIP_WITHOUT_ESPRUINO } from "./espruino-program.ts";
import { BUILD_NAMES, ensureFramerBuilds } from "./framer-builds.ts";
import { readRequestVectors } from "./request-vectors.ts";

// JSON.stringify writes half a surrogate pair as an escape.
const HAS_WIDE_CHARACTER = /[^\x00-\xff]|\\ud/;

const HARNESS = `
function run(options) {
  var result = {};
  try { result.bytes = framer.serializeRequest(options); } catch (error) { result.errorCode = error.code; }
  print(JSON.stringify(result));
}`;

before(async () => { if (!SKIP_WITHOUT_ESPRUINO) await ensureFramerBuilds(); });

for (const buildName of BUILD_NAMES) {
  test(`request vectors with ${buildName} on a real interpreter`, { skip: SKIP_WITHOUT_ESPRUINO }, async () => {
    const vectors = readRequestVectors().filter(({ options }) => !HAS_WIDE_CHARACTER.test(JSON.stringify(options)));
    const statements = vectors.map(({ options }) => `run(${byteLiteral(options)});`);
    const results = await runOnEspruino(buildName, [HARNESS, ...statements]);
    const wrong = vectors.map((vector, index) => ({ vector, actual: results[index] }))
      .filter(({ vector, actual }) => !isDeepStrictEqual(actual, vector.expected));
    assert.deepEqual(wrong, []);
  });
}
