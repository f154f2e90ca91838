import assert from "node:assert/strict";
import { closeSync, openSync, readSync } from "node:fs";
import { test } from "node:test";
import { BINARY_VARIABLE, interpreterPath } from "../../scripts/board/espruino-engine/interpreter.ts";
import { assertHardenedTable, runSelftest } from "./run-selftest.ts";

/** ELF: the class of a file is its fifth byte; 1 is 32-bit. */
const ELF_CLASS_OFFSET = 4;
const CLASS_32_BIT = 1;

function is32Bit(path: string): boolean {
  const file = openSync(path, "r");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, ELF_CLASS_OFFSET);
  closeSync(file);
  return byte[0] === CLASS_32_BIT;
}

const isSet = Boolean(process.env[BINARY_VARIABLE]);
const isHardenable = isSet && is32Bit(interpreterPath());
const notSet = isSet ? false : `${BINARY_VARIABLE} is not set`;

test("selftest on a real 32-bit interpreter passes, and tells that only hardened boots differ", {
  skip: notSet || (isHardenable ? false : `${BINARY_VARIABLE} is a 64-bit interpreter`),
}, async () => {
  const { exitCode, text, leftOvers } = await runSelftest(["--engine", "espruino"]);
  assert.equal(exitCode, 0, text);
  for (let step = 1; step <= 11; step++) assert.match(text, new RegExp(`^\\[${step}/11\\] `, "m"));
  assertHardenedTable(text);
  assert.match(text, /^ {2}stock +THE SAME: .*\n {2}hardened +different$/m);
  assert.deepEqual(leftOvers, []);
});

test("selftest on a real 64-bit interpreter says that its TLS state is not recognised", {
  skip: notSet || (isHardenable ? `${BINARY_VARIABLE} is a 32-bit interpreter` : false),
}, async () => {
  const { exitCode, text, leftOvers } = await runSelftest(["--engine", "espruino"]);
  assert.equal(exitCode, 1, text);
  assert.match(text, /^right CA and host .*\n +hardened +E_TLS_LAYOUT +NO +- +-$/m);
  assert.match(text, /^ {2}- The TLS state of this firmware is not recognised \(E_TLS_LAYOUT: board LINUX\).* 64-bit/m);
  assert.deepEqual(leftOvers, []);
});
