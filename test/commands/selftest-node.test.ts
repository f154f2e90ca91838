import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertHardenedTable, runSelftest } from "./run-selftest.ts";
import { startVerb } from "./run-verb.ts";

test("selftest on the node engine shows what stock firmware accepts and what the hardened path does", async () => {
  const { exitCode, text, leftOvers } = await runSelftest([]);
  assert.equal(exitCode, 0, text);
  for (let step = 1; step <= 7; step++) assert.match(text, new RegExp(`^\\[${step}/7\\] `, "m"));
  assertHardenedTable(text);
  assert.match(text, /^ {2}stock +not measurable \(.*Node chooses the random\)$/m);
  assert.match(text, /\nPassed: .*\n$/);
  assert.deepEqual(leftOvers, []);
});

test("an interrupt in the middle of a selftest leaves nothing behind", { skip: process.env["TEST_LONG"] ? false : "only in npm run test:long" }, async () => {
  const temporary = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  try {
    const { child, ended, waitFor } = startVerb("selftest", [], { env: { TMPDIR: temporary } });
    await waitFor(/\[6\/7\]/);
    child.kill("SIGINT");
    const { exitCode, text } = await ended;
    assert.equal(exitCode, 130, text);
    assert.match(text, /Interrupted\.\n$/);
    assert.deepEqual((await readdir(temporary)).filter((name) => name.startsWith("espruino-https")), []);
  } finally {
    await rm(temporary, { recursive: true });
  }
});
