import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { test } from "node:test";
import { boardLine } from "../../scripts/espruino-cli/board-line.ts";
import { failureIn } from "../../scripts/espruino-cli/failure.ts";
import { onLines } from "../../scripts/espruino-cli/lines.ts";
import { parseOutcome } from "../../scripts/espruino-cli/outcome.ts";

const BOARD_LINES: [string, string, string][] = [
  ["a plain line", "--] hello\r", "hello"],
  ["the prompt is wiped before a line", "--] >\r\x1b[Jtick\r", "tick"],
  ["a lone prompt", "--] >\r", ""],
  ["a line that begins like a prompt", "--] >> quoted\r", ">> quoted"],
  ["UTF-8 bytes, which the CLI prints as one character each", "--] \u00c3\u00a9\u00e2\u0082\u00ac\r", "é€"],
  ["bytes that are not UTF-8", "--] \u00ff\r", "\u00ff"],
];
for (const [name, line, expected] of BOARD_LINES) {
  test(`board line: ${name}`, () => assert.equal(boardLine(line), expected));
}

test("what the CLI says itself is no board line", () => {
  assert.equal(boardLine("Connected"), undefined);
});

test("outcomes are read from whole lines only", () => {
  assert.deepEqual(parseOutcome("=== done"), { isDone: true });
  assert.deepEqual(parseOutcome("=== failed E_DNS in dns: no such host: a in b: c"),
    { isDone: false, code: "E_DNS", phase: "dns", message: "no such host: a in b: c" });
  for (const line of ["=== done.", " === done", "x === done", "=== failed", "=== failed E_X", "=== finished"]) {
    assert.equal(parseOutcome(line), undefined, line);
  }
});

const FAILURES: [string, string | undefined][] = [
  ['RECEIVE ERROR: {"errno":-111,"code":"ECONNREFUSED","syscall":"connect","address":"127.0.0.1","port":1}', "refused"],
  ['RECEIVE ERROR: {"errno":-3008,"code":"ENOTFOUND"}', "unreachable"],
  ["--] This console is busy: it serves one connection at a time.\r", "busy"],
  ["Error: Error Resource temporarily unavailable Cannot lock port", "busy"],
  ["Error: Error: Permission denied, cannot open /dev/ttyUSB0", "no-permission"],
  ["Error: Error: No such file or directory, cannot open /dev/ttyUSB0", "no-such-port"],
  ['serial: Port "/dev/ttyUSB9" not found', "no-such-port"],
  ["Unable to retrieve board information.", "not-espruino"],
  ["You have more open brackets than close brackets. Please see the hints in the Editor window.", "bad-code"],
  ["Disconnected.", "disconnected"],
  ["--] Disconnected.\r", undefined],
  ["--] Unable to connect!\r", undefined],
  ["Connected", undefined],
];
for (const [line, kind] of FAILURES) {
  test(`${JSON.stringify(line)} means ${kind ?? "nothing"}`, () => assert.equal(failureIn(line), kind));
}

test("lines come whole, however the stream is cut; a CR inside stays", async () => {
  const bytes = Buffer.from("one\r\n\rtwo é\n\nlast");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const stream = new PassThrough();
    const lines: string[] = [];
    onLines(stream, (line) => lines.push(line));
    stream.write(bytes.subarray(0, cut));
    stream.end(bytes.subarray(cut));
    await finished(stream);
    assert.deepEqual(lines, ["one\r", "\rtwo é", "", "last"], `cut at ${cut}`);
  }
});
