import assert from "node:assert/strict";
import { test } from "node:test";
import { runVerb } from "./run-verb.ts";

/** Each verb, with what it cannot do without. */
const VERBS: [string, string[]][] = [
  ["start", []], ["test", []], ["build", []], ["board", []], ["lint", []],
  ["upload", ["--port", "tcp://127.0.0.1:1"]], ["repl", ["--port", "tcp://127.0.0.1:1"]], ["provision", ["--dry-run"]],
  ["certs", ["list"]], ["fuzz", []],
];
const BAD_USAGE: [string, string[], RegExp][] = [
  ["start", ["--engine", "x"], /Allowed choices are node, espruino/],
  ["board", ["--port", "99999"], /A port is a number from 0 to 65535/],
  ["board", ["extra"], /too many arguments/],
  ["upload", ["--port"], /argument missing/],
  ["upload", ["--port", "2323"], /give a serial port/],
  ["upload", ["--port", "tcp://127.0.0.1:1", "--seconds", "-1"], /A time is a number of seconds/],
  ["upload", ["--port", "/dev/no-such-port"], /There is no port \/dev\/no-such-port/],
  ["repl", ["--port", "tcp://127.0.0.1"], /written tcp:\/\/HOST:PORT/],
  ["provision", ["--port", "2323"], /give a serial port/],
  ["fuzz", ["headers"], /Allowed choices are responses, certificates, json/],
  ["fuzz", ["--minutes", "soon"], /A time is a number of minutes/],
  ["test", ["no-such-test-file"], /There is no test whose path has no-such-test-file/],
];

for (const [verb, required] of VERBS) {
  test(`${verb} --help explains it and ends with 0`, async () => {
    const { exitCode, text } = await runVerb(verb, ["--help"]);
    assert.equal(exitCode, 0);
    assert.match(text, new RegExp(`^Usage: npm (run )?${verb} -- `));
  });

  test(`${verb} refuses an unknown option with 1`, async () => {
    const { exitCode, text } = await runVerb(verb, [...required, "--no-such-option"]);
    assert.equal(exitCode, 1);
    assert.match(text, /unknown option '--no-such-option'/);
  });
}

for (const [verb, args, message] of BAD_USAGE) {
  test(`${[verb, ...args].join(" ")} is refused with what to do`, async () => {
    const { exitCode, text } = await runVerb(verb, args);
    assert.equal(exitCode, 1);
    assert.match(text, message);
    assert.doesNotMatch(text, /\n +at /, "no stack trace");
  });
}

test("npm test with words runs just these tests, with the figures at the end", async () => {
  const { exitCode, text } = await runVerb("test", ["cloud/ntp-timestamp"]);
  assert.equal(exitCode, 0);
  assert.match(text, /tests [1-9]\d*\n[^]*pass [1-9]\d*\n[^]*fail 0\n[^]*duration_ms [\d.]+\n$/);
  assert.doesNotMatch(text, /types \.\.\./);
});
