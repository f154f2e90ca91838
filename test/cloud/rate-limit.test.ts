import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit } from "../../scripts/cloud/rate-limit.ts";

test("so many pass, then none until the time is over, then it begins anew", () => {
  let nowMs = 1_000_000;
  const limit = new RateLimit({ requests: 2, retryAfterS: 30 }, () => nowMs);
  assert.deepEqual([limit.take(), limit.take(), limit.take()], [0, 0, 30]);
  nowMs += 29_500;
  assert.equal(limit.take(), 1);
  nowMs += 500;
  assert.deepEqual([limit.take(), limit.take(), limit.take()], [0, 0, 30]);
});

test("none pass a limit of 0, and all where there is no limit", () => {
  let nowMs = 1_000_000;
  const closed = new RateLimit({ requests: 0, retryAfterS: 5 }, () => nowMs);
  assert.equal(closed.take(), 5);
  nowMs += 5_000;
  assert.equal(closed.take(), 5);
  const open = new RateLimit(undefined);
  assert.ok(Array.from({ length: 100 }, () => open.take()).every((waitS) => waitS === 0));
});
