import assert from "node:assert/strict";
import { test } from "node:test";
import { BREAKAGES } from "../../scripts/start/breakages.ts";
import { programDeadlineMs } from "../../scripts/start/deadline.ts";
import { describeProgress, follow, type Progress } from "../../scripts/start/telemetry-view.ts";
import { LiveLine } from "../../scripts/terminal/live-line.ts";

const START: Progress = { delivered: 0, queued: 0, last: "" };

test("the lines of a delivery are followed, and others change nothing", () => {
  const lines = [
    'Reading 1: {"uptimeS":1,"note":", 9 queued"}, 1 queued',
    "Not delivered: E_STATUS in response: 503, 1 queued, again in 267 ms",
    "WiFi: joined virtual-ap, address 192.0.2.2",
  ];
  const failing = lines.reduce(follow, START);
  assert.equal(describeProgress(failing, 10), "    0 of 10 delivered, 1 queued, last answer: E_STATUS in response: 503");
  assert.equal(describeProgress(follow(failing, "Delivered 3, 2 queued, 200"), 0), "    3 delivered, 2 queued, last answer: 200");
});

test("the live line stays below what is written, is one line at most, and is only on terminals", () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 10, write: (text: string) => written.push(text) };
  const live = new LiveLine(stream);
  live.write("a\n");
  live.set("0123456789012");
  live.write("b\n");
  live.set("");
  assert.equal(written.join(""), "a\n012345678\r\x1b[Kb\n012345678\r\x1b[K");
  written.length = 0;
  const plain = new LiveLine({ write: (text) => written.push(text) });
  plain.set("x");
  plain.write("a\n");
  assert.equal(written.join(""), "a\n");
});

test("a run that cannot end by itself has an end, but for one that nobody wants to end", () => {
  assert.equal(programDeadlineMs("telemetry", 0, undefined), undefined);
  assert.equal(programDeadlineMs("telemetry", 0, BREAKAGES["wrong-wifi-password"]), 45_000);
  assert.ok(programDeadlineMs("telemetry", 10, BREAKAGES["flaky-server"])! > 60_000);
  assert.equal(programDeadlineMs("howsmyssl", 0, undefined), 240_000);
});
