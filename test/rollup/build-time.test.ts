import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rollup } from "rollup";
import { buildTime, buildTimeS } from "../../scripts/rollup/build-time.ts";

describe("buildTimeS()", () => {
  test("is SOURCE_DATE_EPOCH where that is set", () => assert.equal(buildTimeS({ SOURCE_DATE_EPOCH: "1700000000" }), 1700000000));

  test("is the present in whole seconds otherwise", () => {
    const seconds = buildTimeS({});
    assert.ok(Number.isInteger(seconds) && Math.abs(seconds - Date.now() / 1000) < 5, `${seconds}`);
  });

  test("refuses a SOURCE_DATE_EPOCH that is no number", () => assert.throws(() => buildTimeS({ SOURCE_DATE_EPOCH: "today" }), /"today"/));
});

test("buildTime() replaces the name where it is a value, and only there", async () => {
  const source = 'print(BUILD_TIME_S + 1, { BUILD_TIME_S: "BUILD_TIME_S" }, board.BUILD_TIME_S);';
  const main = { name: "main", resolveId: (id: string) => id, load: () => source };
  const { output } = await (await rollup({ input: "main", plugins: [main, buildTime(42)] })).generate({ format: "es" });
  assert.equal(output[0].code.trim(), 'print(42 + 1, { BUILD_TIME_S: "BUILD_TIME_S" }, board.BUILD_TIME_S);');
});
