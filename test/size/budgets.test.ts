import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { appNames, moduleBundles } from "../../scripts/rollup/bundle.ts";
import { freeShare, overBudgets, readSizeBudgets, type SizeBudgets } from "../../scripts/size/budgets.ts";
import type { LoadedBlocks } from "../../scripts/size/memory.ts";

const ESP32 = 16_383;
const C3 = 4_095;
const budgets: SizeBudgets = {
  bytes: { "app.min.js": 100, "modules/part.min.js": 50 },
  blocks: { [ESP32]: { app: { ram: 400, saved: 200 } }, [C3]: { app: { saved: 190 } } },
};

const failuresOf = (name: string, minifiedBytes: number, blocks?: LoadedBlocks): string[] =>
  overBudgets(name, { plainBytes: 0, minifiedBytes, modules: {}, ...(blocks && { blocks }) }, budgets);

describe("overBudgets()", () => {
  test("bytes: a program, and a module for others; without budget as many as it likes", () => {
    assert.deepEqual(["app", "part", "other"].flatMap((name) => failuresOf(name, name === "app" ? 100 : 50)), []);
    assert.deepEqual([failuresOf("app", 101), failuresOf("part", 51), failuresOf("other", 1e6)], [
      ["app: 101 bytes minified, budget 100"], ["part: 51 bytes minified, budget 50"], [],
    ]);
  });

  test("JsVars: in RAM and saved, each by the build that they were measured on", () => {
    assert.deepEqual(failuresOf("app", 1, { ram: 400, saved: 200, idle: 50, total: ESP32 }), []);
    assert.deepEqual(failuresOf("app", 1, { ram: 401, saved: 201, idle: 50, total: ESP32 }), ["app: 401 JsVars ram, budget 400", "app: 201 JsVars saved, budget 200"]);
    assert.deepEqual(failuresOf("app", 1, { ram: 3_000, saved: 191, idle: 50, total: C3 }), ["app: 191 JsVars saved, budget 190"]);
    assert.deepEqual(failuresOf("app", 1, { ram: 9_999, saved: 9_999, idle: 50, total: 50_000 }), [], "a build that grows");
  });

  test("a program that does not fit into RAM is over no budget: it is saved", () => {
    assert.deepEqual(failuresOf("app", 1, { saved: 190, idle: 50, total: C3 }), []);
  });

  test("a saved program leaves 88 % of an ESP32 free and 60 % of a C3, the idle interpreter's own included", () => {
    for (const [total, share] of [[ESP32, 0.88], [C3, 0.6]] as const) {
      const most = Math.floor(total * (1 - share));
      assert.deepEqual(failuresOf("other", 1, { saved: most - 100, idle: 100, total }), []);
      assert.match(failuresOf("other", 1, { saved: most - 99, idle: 100, total }).join(), new RegExp(`^other: saved it leaves .* % of ${total} JsVars, and must leave ${share * 100} %$`));
    }
  });
});

test("freeShare() is what neither the interpreter nor the program has", () => assert.equal(freeShare({ idle: 10, saved: 15, ram: 90, total: 100 }), 0.75));

test("the committed budgets are for bundles that exist", () => {
  const { bytes, blocks } = readSizeBudgets();
  const files = [...appNames().map((name) => `${name}.min.js`), ...moduleBundles().map(({ name }) => `modules/${name}.min.js`)];
  assert.deepEqual(Object.keys(bytes).sort(), files.sort());
  for (const [total, programs] of Object.entries(blocks)) assert.deepEqual(Object.keys(programs).sort(), appNames(), total);
});
