// Every vector of test/vectors/request, on the plain and the minified build.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { BUILD_NAMES, COUNTED_BUILD, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer, FramerError } from "./framer-builds.ts";
import { readRequestVectors } from "./request-vectors.ts";
import type { RequestVector } from "./request-vectors.ts";

const vectors = readRequestVectors();

before(ensureFramerBuilds);

for (const buildName of [...BUILD_NAMES, COUNTED_BUILD]) {
  describe(buildName, () => {
    for (const vector of vectors) {
      test(`${vector.topic}: ${vector.title}`, () => { checkVector(loadFramer(buildName), vector); });
    }
  });
}

test("there are at least 30 request vectors", () => {
  assert.ok(vectors.length >= 30, `${vectors.length} vectors`);
});

function checkVector(framer: Framer, vector: RequestVector): void {
  const before = JSON.stringify(vector.options);
  if ("bytes" in vector.expected) {
    assert.equal(framer.serializeRequest(vector.options), vector.expected.bytes);
  } else {
    assertThrowsCode(() => framer.serializeRequest(vector.options), vector.expected.errorCode);
  }
  assert.equal(JSON.stringify(vector.options), before, "the caller's options are left as they are");
}

function assertThrowsCode(run: () => unknown, code: string): void {
  assert.throws(run, (error: FramerError) => {
    assert.equal(error.code, code);
    assert.ok(["options", "request"].includes(error.phase), `phase ${error.phase}`);
    assert.ok(error.message.length > 0, "the error says what failed");
    return true;
  });
}
