import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordScanner } from "../../../../scripts/board/node-engine/network-host/record-scanner.ts";

const record = (type: number, body: number[]): number[] => [type, 3, 3, body.length >> 8, body.length & 255, ...body];
const HANDSHAKE = record(22, new Array<number>(300).fill(7));
const FATAL_ALERT = record(21, [2, 40]);
const WARNING_ALERT = record(21, [1, 0]);
const ENCRYPTED_ALERT = record(21, new Array<number>(26).fill(2));
const DATA = record(23, [1, 2, 3]);

/** The bytes whole, byte by byte, and cut in two at every offset. */
function splits(bytes: number[]): number[][][] {
  const cuts = bytes.map((_, at) => [bytes.slice(0, at), bytes.slice(at)]);
  return [[bytes], bytes.map((byte) => [byte]), ...cuts];
}

function scan(bytes: number[]): { endedWithAlert: boolean; sawFatalAlert: boolean; isGarbage: boolean } {
  const outcomes = splits(bytes).map((pieces) => {
    const scanner = new RecordScanner();
    for (const piece of pieces) scanner.push(Uint8Array.from(piece));
    const { endedWithAlert, sawFatalAlert, isGarbage } = scanner;
    return { endedWithAlert, sawFatalAlert, isGarbage };
  });
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
  return outcomes[0] as (typeof outcomes)[number];
}

test("RecordScanner sees a fatal alert in the clear", () => {
  assert.deepEqual(scan([...HANDSHAKE, ...FATAL_ALERT]), { endedWithAlert: true, sawFatalAlert: true, isGarbage: false });
});

test("RecordScanner takes neither a warning nor an encrypted alert for a fatal one", () => {
  assert.equal(scan([...HANDSHAKE, ...WARNING_ALERT]).sawFatalAlert, false);
  assert.equal(scan([...HANDSHAKE, ...ENCRYPTED_ALERT]).sawFatalAlert, false);
});

test("RecordScanner tells whether the last record was an alert", () => {
  assert.equal(scan([...DATA, ...ENCRYPTED_ALERT]).endedWithAlert, true);
  assert.equal(scan([...ENCRYPTED_ALERT, ...DATA]).endedWithAlert, false);
  assert.equal(scan([...DATA, ...ENCRYPTED_ALERT.slice(0, -1)]).endedWithAlert, false);
});

test("RecordScanner knows what is no record", () => {
  assert.equal(scan([...Buffer.from("HTTP/1.1 400")]).isGarbage, true);
  assert.equal(scan([...DATA, ...Buffer.from("rubbish")]).isGarbage, true);
  assert.equal(scan([22, 2, 0, 0, 1, 9]).isGarbage, true);
  assert.equal(scan([72, 84, 84]).isGarbage, false);
});

test("RecordScanner passes over an empty record", () => {
  assert.deepEqual(scan([...record(23, []), ...FATAL_ALERT]), { endedWithAlert: true, sawFatalAlert: true, isGarbage: false });
});
