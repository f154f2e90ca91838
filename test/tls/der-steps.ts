// Bytes that count how often they are looked at, and refuse a look far outside.

import assert from "node:assert/strict";

export interface WatchedBytes {
  /** Stands in for a byte string. */
  bytes: string;
  looks(): number;
}

/** A step behind the end is allowed: there charCodeAt gives NaN, on the board as here. */
const SLACK = 3;

/** Gives an object that answers as `text` does to what the modules ask of a byte string. */
export function watchBytes(text: string): WatchedBytes {
  let looks = 0;
  const stand = {
    length: text.length,
    charCodeAt(at: number): number {
      looks++;
      assert.ok(at >= 0 && at <= text.length + SLACK, `looked at byte ${at} of ${text.length}`);
      return text.charCodeAt(at);
    },
    indexOf(wanted: string, from?: number): number {
      looks++;
      return text.indexOf(wanted, from);
    },
    substring(start: number, end: number): string {
      looks++;
      assert.ok(start >= 0 && start <= end && end <= text.length, `took bytes ${start} to ${end} of ${text.length}`);
      return text.substring(start, end);
    },
    toLowerCase: () => text.toLowerCase(),
  };
  return { bytes: stand as unknown as string, looks: () => looks };
}
