import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { appNames, moduleBundles, ROOT } from "../../scripts/rollup/bundle.ts";
import { FIGURES_FILE, type BundleFigures, type Figures } from "../../scripts/size/figures.ts";
import { describeBundle, describeModules } from "../../scripts/size/report.ts";

const sizes = (plainBytes: number, minifiedBytes: number): { plainBytes: number; minifiedBytes: number } => ({ plainBytes, minifiedBytes });
const blocks = { ram: 400, saved: 200, idle: 50, total: 1_000 };
const now: BundleFigures = { ...sizes(300, 100), modules: { "modules/small.ts": sizes(50, 20), "modules/large.ts": sizes(200, 70), "modules/new.ts": sizes(50, 10) }, blocks };
const old: BundleFigures = {
  ...sizes(310, 90), modules: { "modules/small.ts": sizes(50, 20), "modules/large.ts": sizes(180, 75), "modules/gone.ts": sizes(80, 30) }, blocks: { ...blocks, ram: 390, saved: 205 },
};

describe("describeBundle()", () => {
  test("what has changed since the last commit is beside the figure", () => {
    assert.equal(describeBundle("app", now, old), "app: plain 300 (-10), minified 100 (+10); JsVars in RAM 400 (+10), saved 200 (-5), which leaves 75.0 % of 1000");
  });

  test("nothing is said of a change that is none, or not known", () => {
    const known = "app: plain 300, minified 100; JsVars in RAM 400, saved 200, which leaves 75.0 % of 1000";
    assert.deepEqual([describeBundle("app", now, now), describeBundle("app", now, undefined)], [known, known]);
  });

  test("JsVars of another build are not compared", () => {
    assert.match(describeBundle("app", now, { ...old, blocks: { ...blocks, ram: 1, total: 2_000 } }), /JsVars in RAM 400, saved 200,/);
  });

  test("a program that does not fit, and JsVars that were not measured", () => {
    const { ram: _ram, ...saved } = blocks;
    assert.match(describeBundle("app", { ...now, blocks: saved }, old), /JsVars in RAM do not fit, saved 200/);
    const { blocks: _blocks, ...unmeasured } = now;
    assert.equal(describeBundle("app", unmeasured, old), "app: plain 300 (-10), minified 100 (+10)");
  });
});

describe("describeModules()", () => {
  const words = (lines: string[]): string[] => lines.map((line) => line.trim().replace(/ +/g, " "));

  test("the largest first; what is new or gone has its whole size as change", () => {
    assert.deepEqual(words(describeModules(now, old)), [
      "modules/large.ts 200 (+20) 70 (-5)", "modules/small.ts 50 20", "modules/new.ts 50 (+50) 10 (+10)", "modules/gone.ts 0 (-80) 0 (-30)",
    ]);
  });

  test("a new bundle has no changes", () => assert.deepEqual(words(describeModules(now, undefined)), ["modules/large.ts 200 70", "modules/small.ts 50 20", "modules/new.ts 50 10"]));
});

test("the figures that are committed are those of every bundle", () => {
  const figures = JSON.parse(readFileSync(join(ROOT, FIGURES_FILE), "utf8")) as Figures;
  assert.deepEqual(Object.keys(figures).sort(), [...appNames(), ...moduleBundles().map(({ name }) => name)].sort());
});
