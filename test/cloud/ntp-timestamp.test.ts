import assert from "node:assert/strict";
import { test } from "node:test";
import { fromNtpTimestamp, toNtpTimestamp } from "../../scripts/cloud/ntp-timestamp.ts";

const known: [hex: string, unixMs: number][] = [
  ["83aa7e8000000000", 0],
  ["83aa7e8080000000", 500],
  ["83aa7e7fc0000000", -250],
];
for (const [hex, unixMs] of known) {
  test(`${unixMs} ms after 1970 is ${hex}`, () => {
    assert.equal(toNtpTimestamp(unixMs).toString("hex"), hex);
    assert.equal(fromNtpTimestamp(Buffer.from(hex, "hex")), unixMs);
  });
}

test("today's time survives both ways", () => {
  const now = Date.now();
  assert.ok(Math.abs(fromNtpTimestamp(toNtpTimestamp(now)) - now) < 0.001);
});

test("the next era begins at zero", () => {
  assert.equal(toNtpTimestamp(Date.UTC(2036, 1, 7, 6, 28, 16)).toString("hex"), "0000000000000000");
});
