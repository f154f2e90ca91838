import assert from "node:assert/strict";
import { test } from "node:test";
import { runVerb } from "./run-verb.ts";

test("an unknown program is refused, and the known ones are listed", async () => {
  const { exitCode, text } = await runVerb("start", ["--app", "nonsense"]);
  assert.equal(exitCode, 1);
  assert.match(text, /There is no program "nonsense" in src\/\. Known: .*howsmyssl/);
});

test("an unknown breakage, and one that the program cannot notice, are refused", async () => {
  const unknown = await runVerb("start", ["--break", "nonsense"]);
  assert.equal(unknown.exitCode, 1);
  assert.match(unknown.text, /There is no --break nonsense\. Known: wrong-wifi-password, /);
  const unnoticed = await runVerb("start", ["--break", "wrong-credentials"]);
  assert.equal(unnoticed.exitCode, 1);
  assert.match(unnoticed.text, /can only be seen with --app oauth-token/);
});

test("the espruino engine without ESPRUINO_BIN is refused before anything is built", async () => {
  const { exitCode, text } = await runVerb("start", ["--engine", "espruino"], { env: { ESPRUINO_BIN: "" } });
  assert.equal(exitCode, 1);
  assert.match(text, /^Error: The espruino engine needs a real interpreter: set ESPRUINO_BIN/);
});

test("a count of readings that is none is refused", async () => {
  const { exitCode, text } = await runVerb("start", ["--readings", "many"]);
  assert.equal(exitCode, 1);
  assert.match(text, /A count is a whole number/);
});
