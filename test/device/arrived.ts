import assert from "node:assert/strict";
import type { Telemetry } from "../../scripts/cloud/telemetry.ts";

/**
 * Of one board's readings, those that were put (their numbers) up to the last that has arrived: each has arrived once, in order, whatever
 * the board went through.
 */
export function assertArrivedOnce({ readings }: Telemetry, put: number[]): void {
  const arrived = readings.map(({ id }) => Number(id.split("-")[2]));
  const last = arrived.at(-1) ?? 0;
  assert.deepEqual(put.filter((each) => each <= last && !arrived.includes(each)), [], "put and not arrived");
  assert.deepEqual(arrived, [...arrived].sort((a, b) => a - b), "in order");
  assert.equal(new Set(readings.map(({ id }) => id)).size, arrived.length, "once");
  assert.equal(new Set(readings.map(({ id }) => id.replace(/\d+$/, ""))).size, 1, "from one board");
  assert.ok(put.length > 5, `${put.length} readings were put`);
}
