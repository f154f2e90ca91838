import assert from "node:assert/strict";
import { test } from "node:test";
import { askFacts, readEntry, type BoardFacts } from "../../scripts/repl/board-facts.ts";
import { requestsText, statusText } from "../../scripts/repl/facts-text.ts";

const NOW_S = Date.UTC(2026, 10, 22, 2, 31, 9) / 1000;
const ENTRY = `${NOW_S}\t200\tq0d12c31h480r2f90b4t620\t1234\tca\t${NOW_S + 86_400}\t\twww.howsmyssl.com\tR11`;
const FACTS: BoardFacts = {
  env: { board: "ESP32", version: "2v29" },
  wifi: { status: "connected", ssid: "virtual-ap", rssi: -52, ip: "192.168.4.2", gateway: "192.168.4.1" },
  timeS: NOW_S,
  memory: { usage: 4096, total: 16_383, blocksize: 14 },
  heapBytes: 61_000,
  status: { requests: [ENTRY], clock: { server: "pool.ntp.org", wasSet: true } },
};

test("the whole picture", () => {
  assert.deepEqual(statusText(FACTS), [
    "board     ESP32, Espruino 2v29",
    'wifi      "virtual-ap", connected, address 192.168.4.2, -52 dBm, gateway 192.168.4.1',
    "clock     2026-11-22 02:31:09 UTC, by pool.ntp.org, which set it",
    "memory    4096 of 16383 variables in use (25 %), 14 bytes each; C heap 61000 bytes free, of which TLS needs about 40000",
    "requests  the last one, the newest at the end",
    "  02:31:09  GET www.howsmyssl.com: 200, 1234 bytes",
    '            verified by ca, issued by "R11", certificate until 2026-11-23',
    "            queued 0, dns 12, connect 31, handshake 480, request 2, first-byte 90, body 4, total 620 ms",
  ]);
});

test("a request that failed has its hint, one without verification says what that means", () => {
  const lines = requestsText({ status: { requests: [`5\tE_DNS in dns\tq0d9t9\t\t\t\tPOST\tx.example.com\t`, `5\t200\tt1\t3\tfalse\t\t\ty\t`] } });
  assert.match(lines[1]!, /--:--:-- {2}POST x\.example\.com: E_DNS in dns$/);
  assert.match(lines[3]!, /hint: The name of the server was not found/);
  assert.match(lines.join("\n"), /TLS without verification/);
});

test("what a server put into its names cannot steer the terminal", () => {
  const lines = requestsText({ status: { requests: [`${NOW_S}\t200\tt1\t3\tca\t${NOW_S}\tGET\thost\tEvil\x1b]0;\x07\xc3\xa9`] } });
  assert.match(lines.join("\n"), /issued by "Evil·\]0;·é"/);
});

test("a cut entry is read as far as it goes, and garbage is none", () => {
  assert.equal(readEntry(ENTRY.slice(0, 40))?.host, "?");
  assert.equal(readEntry("garbage"), undefined);
});

test("a board without a program of ours, and one without WiFi", () => {
  const lines = statusText({ status: null, env: FACTS.env!, memory: FACTS.memory!, timeS: 3 });
  assert.match(lines[0]!, /No program of this project runs here/);
  assert.match(lines.join("\n"), /wifi {6}none[^]*clock {5}not set/);
});

test("what a board answers in another shape is left out; a silent board gives nothing", async () => {
  const answers = [{ value: { requests: "no list" } }, { error: "ReferenceError" }, { value: 12 }];
  assert.deepEqual(await askFacts(async () => answers.shift(), ["status", "wifi", "timeS"]), { timeS: 12 });
  assert.equal(await askFacts(async () => undefined, ["env"]), undefined);
});
