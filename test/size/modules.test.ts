import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { moduleBundles, ROOT } from "../../scripts/rollup/bundle.ts";
import { divide, measureModules, type BundleParts } from "../../scripts/size/modules.ts";

const moduleOf = (code: string): { code: string; renderedLength: number } => ({ code, renderedLength: code.length });
const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

describe("divide()", () => {
  test("names modules by their path in the project, and divides the minified bytes by what each has without white space", () => {
    const modules = { [join(ROOT, "modules", "a.ts")]: moduleOf("var a = 1;\n\n   "), [join(ROOT, "modules", "tls", "b.ts")]: moduleOf("return a + 12 + 345 + 6;") };
    assert.deepEqual(divide(modules, 48), { "modules/a.ts": { plainBytes: 15, minifiedBytes: 14 }, "modules/tls/b.ts": { plainBytes: 24, minifiedBytes: 34 } });
  });

  test("leaves out what was shaken out of the bundle", () => {
    const modules = { [join(ROOT, "types.ts")]: { code: null, renderedLength: 0 }, [join(ROOT, "a.ts")]: moduleOf("a") };
    assert.deepEqual(divide(modules, 7), { "a.ts": { plainBytes: 1, minifiedBytes: 7 } });
  });

  test("loses and doubles no byte beyond rounding", () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z;]{1,40}$/), { minLength: 1 }), fc.nat(50_000), (codes, minifiedBytes) => {
      const parts = Object.values(divide(Object.fromEntries(codes.map((code, index) => [join(ROOT, `${index}.ts`), moduleOf(code)])), minifiedBytes));
      assert.ok(Math.abs(sum(parts.map((part) => part.minifiedBytes)) - minifiedBytes) <= codes.length / 2);
      assert.equal(sum(parts.map((part) => part.plainBytes)), codes.join("").length);
    }));
  });
});

describe("measureModules()", () => {
  let framer: BundleParts;
  before(async () => {
    [framer] = (await measureModules(moduleBundles().filter(({ name }) => name === "http-framer"))) as [BundleParts];
  });

  test("takes a bundle apart into files that are there, its own among them", () => {
    const names = Object.keys(framer.modules);
    assert.ok(names.includes("modules/http/response-parser.ts"), names.join());
    assert.deepEqual(names.filter((name) => !existsSync(join(ROOT, name))), []);
  });

  test("the parts make up the bundle; what the plain one has beyond them is rollup's frame", () => {
    const parts = Object.values(framer.modules);
    const frameBytes = framer.plain.length - sum(parts.map((part) => part.plainBytes));
    assert.ok(frameBytes > 0 && frameBytes < framer.plain.length / 5, `${frameBytes}`);
    assert.ok(Math.abs(sum(parts.map((part) => part.minifiedBytes)) - framer.minified.length) <= parts.length);
    assert.ok(framer.minified.length < framer.plain.length / 2);
  });
});
