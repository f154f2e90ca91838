// What `npm run bench` makes of its figures.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../../scripts/bench/cells.ts";
import { judgeGoals } from "../../scripts/bench/goals.ts";
import { median } from "../../scripts/bench/measure.ts";
import { plotOf } from "../../scripts/bench/plot.ts";
import { writableRam } from "../../scripts/bench/process-ram.ts";
import { reportOf } from "../../scripts/bench/report.ts";
import type { Results } from "../../scripts/bench/results.ts";

const cell = (subject: Cell["subject"], work: number, peakBlocks: number): Cell =>
  ({ subject, job: "length-1m", secure: true, check: { works: true }, wallMs: 1, leftBlocks: { second: 0, last: 0 }, wire: { sent: 1, received: 2 }, work, peakBlocks });

const RESULTS: Results = {
  machine: { cpu: "c", cores: 1, node: "v20", espruino: "2v29", build: "b", mbedtls: "2.28", valgrind: "v", revision: "r", date: "d" },
  unit: "instructions",
  isVerified: true,
  cells: [cell("floor", 1e6, 100), cell("client", 1.4e6, 250), { ...cell("fetch", 0, 0), check: { works: false, reason: "out of memory" } }],
  peaksBySize: undefined,
  unverifiedWork: undefined,
};

test("a goal is met, is not met, or was not measured", () => {
  const goals = judgeGoals(RESULTS);
  const find = (what: RegExp): [string, boolean | undefined] | undefined => {
    const goal = goals.find(({ goal }) => what.test(goal));
    return goal && [goal.figure, goal.isMet];
  };
  assert.deepEqual(find(/1 MB with a length, TLS: work/), ["1.40", false]);
  assert.deepEqual(find(/1 MB with a length, TLS: peak JsVars above/), ["150", true]);
  assert.deepEqual(find(/1 MB with a length, plain: work/), ["not measured", undefined]);
});

test("what a subject cannot do stands where its figure would be, in the tables and in the plot", () => {
  assert.match(reportOf(RESULTS), /^\| GET 1 MB, with a length \| 1\.00 \| 1\.40 \(1\.40, -\) \| out of memory \|$/m);
  assert.match(plotOf(RESULTS), />out of memory</);
});

test("the median of an odd and of an even number of values", () => {
  assert.deepEqual([median([3, 1, 20]), median([4, 1, 2, 30])], [3, 3]);
});

test("writable memory below 2 GB, neighbours joined", () => {
  const maps = "1000-2000 r-xp 0\n2000-3000 rw-p 0\n3000-4000 rw-p 0\n6000-7000 rw-p 0\n7f0000000000-7f0000001000 rw-p 0\n";
  assert.deepEqual(writableRam(maps), [0x2000, 0x4000, 0x6000, 0x7000]);
});
