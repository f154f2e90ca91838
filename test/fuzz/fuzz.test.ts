// A short run of what `npm run fuzz` does for long, and that it finds faults which are there.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildModules, type FramerModule } from "../../scripts/fuzz/built-modules.ts";
import { certificateSubject } from "../../scripts/fuzz/certificates.ts";
import { fuzz } from "../../scripts/fuzz/fuzz.ts";
import { jsonSubject } from "../../scripts/fuzz/json-texts.ts";
import { responseSubject } from "../../scripts/fuzz/responses.ts";
import type { Subject } from "../../scripts/fuzz/subject.ts";

const SEED = 6;
const COUNT = 2_000;

const modules = await buildModules();

for (const subject of [responseSubject(modules), certificateSubject(modules), jsonSubject(modules)]) {
  test(`${COUNT} inputs of seed ${SEED}: ${subject.name}`, () => {
    assert.deepEqual(fuzz(subject, { seed: SEED, count: COUNT }), { done: COUNT });
  });
}

/** A framer whose parser is changed by `spoil`. */
function spoilt(spoil: (options: Parameters<FramerModule["createResponseParser"]>[0]) => object): Subject {
  const { plain, minified } = modules.framer;
  return responseSubject({ framer: { plain, minified: { createResponseParser: (options) => minified.createResponseParser({ ...options, ...spoil(options) }) } } });
}

describe("faults that are found", () => {
  const faults: [what: string, subject: Subject, problem: RegExp][] = [
    ["an end that comes twice", spoilt(({ onEnd }) => ({ onEnd: () => [onEnd(), onEnd()] })), /an end after the end/],
    ["no end", spoilt(() => ({ onError: () => undefined })), /no end/],
    ["a byte of the body that is lost", spoilt(({ onBody }) => ({ onBody: (bytes: string) => bytes.length > 1 && onBody(bytes) })), /the body is/],
    ["an exception", spoilt(() => ({ onHead: () => { throw new TypeError("fault"); } })), /threw TypeError: fault/],
  ];
  for (const [what, subject, problem] of faults) {
    test(what, () => {
      const { finding } = fuzz(subject, { seed: SEED, count: COUNT });
      assert.match(finding?.inputProblem ?? "nothing found", problem);
    });
  }

  test("the input is made as short as it can be, the same for the same seed", () => {
    const subject: Subject = {
      name: "two letters", usualCount: 1, make: (random) => Array.from({ length: 60 }, () => random.pick(["a", "b", "c", "d"])).join(""),
      check: (input) => /a.*b/.test(input) ? "an a before a b" : undefined,
    };
    const [first, second] = [1, 1].map((seed) => fuzz(subject, { seed, count: 10 }));
    assert.equal(first?.finding?.input, "ab");
    assert.deepEqual(first, second);
  });

  test("a run ends when its time is over", () => {
    const subject: Subject = { name: "nothing", usualCount: 1, make: () => "", check: () => undefined };
    assert.ok(fuzz(subject, { seed: 1, count: Infinity, forMs: 20 }).done > 0);
  });
});
