import assert from "node:assert/strict";
import { test } from "node:test";
import { runVerb } from "./run-verb.ts";

const BAD_USAGE: [string[], RegExp][] = [
  [["--engine", "x"], /Allowed choices are node, espruino/],
  [["--port", "2323"], /give a serial port/],
  [["--port", "/dev/no-such-port"], /There is no port \/dev\/no-such-port/],
  [["--port", "tcp://127.0.0.1:1", "--engine", "node"], /cannot be used with option '--engine/],
  [["--port", "tcp://127.0.0.1:1", "--host", "computer"], /Cannot use --host computer: it has to be an IPv4 address/],
  [["--port", "tcp://127.0.0.1:1", "--host", "192.0.2.77"], /Cannot use --host 192\.0\.2\.77: it is no address of this computer/],
  [["--port", "/dev/null"], /give its address on the board's network with --host/],
  [["--host", "127.0.0.1"], /--host is only for a board at --port/],
  [["--password", "x"], /unknown option '--password'/],
  [["extra"], /too many arguments/],
];

test("selftest --help explains it, and where the WiFi's password comes from", async () => {
  const { exitCode, text } = await runVerb("selftest", ["--help"]);
  assert.equal(exitCode, 0);
  assert.match(text, /^Usage: npm run selftest -- /);
  assert.match(text, /secrets are not taken\s+as arguments/);
});

for (const [args, message] of BAD_USAGE) {
  test(`selftest ${args.join(" ")} is refused with what to do`, async () => {
    const { exitCode, text } = await runVerb("selftest", args);
    assert.equal(exitCode, 1);
    assert.match(text, message);
    assert.doesNotMatch(text, /\n +at /, "no stack trace");
  });
}

test("selftest on the espruino engine without ESPRUINO_BIN is refused before anything is built", async () => {
  const { exitCode, text } = await runVerb("selftest", ["--engine", "espruino"], { env: { ESPRUINO_BIN: "" } });
  assert.equal(exitCode, 1);
  assert.match(text, /^Error: The espruino engine needs a real interpreter: set ESPRUINO_BIN/);
});

test("selftest of a port where nothing listens fails with the reason", { skip: process.env["TEST_LONG"] ? false : "only in npm run test:long" }, async () => {
  const { exitCode, text } = await runVerb("selftest", ["--port", "tcp://127.0.0.1:1"]);
  assert.equal(exitCode, 1);
  assert.match(text, /Nothing listens at tcp:\/\/127\.0\.0\.1:1/);
});
