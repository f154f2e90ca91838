import assert from "node:assert/strict";
import { test } from "node:test";
import { Outage } from "../../scripts/start/outage.ts";

test("the access point goes once so many are delivered, and comes back once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const done: (boolean | string)[] = [];
  const outage = new Outage({ afterDelivered: 3, forMs: 100 }, { setAccessPoint: (isOn) => done.push(isOn) }, (line) => done.push(line));
  for (const delivered of [0, 2]) outage.note(delivered);
  assert.deepEqual(done, []);
  for (const delivered of [4, 5]) outage.note(delivered);
  context.mock.timers.tick(99);
  assert.deepEqual(done, ["    (the access point is gone)\n", false]);
  context.mock.timers.tick(1);
  outage.note(6);
  assert.deepEqual(done.slice(2), ["    (the access point is back)\n", true]);
});

test("one that was stopped neither begins nor ends", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const done: boolean[] = [];
  const outages = [1, 2].map(() => new Outage({ afterDelivered: 1, forMs: 100 }, { setAccessPoint: (isOn) => done.push(isOn) }, () => {}));
  outages[0]!.note(1);
  for (const outage of outages) outage.stop();
  outages[1]!.note(1);
  context.mock.timers.tick(1_000);
  assert.deepEqual(done, [false]);
});
