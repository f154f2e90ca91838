// The program of docs/deep-sleep.md as it stands there, but for the host and the length of the sleep: the virtual chip boots after each.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { buildIfChanged, type BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startTelemetry, TELEMETRY_HOST, TELEMETRY_PATH } from "../../scripts/cloud/telemetry.ts";
import { startTimeServer } from "../../scripts/cloud/time-server.ts";
import { bundleOf, ROOT } from "../../scripts/rollup/bundle.ts";
import { ACCESS_POINT, PoweredBoard } from "../outbox/powered-board.ts";
import { assertArrivedOnce } from "./arrived.ts";

const CA_FILE = "ca.der";
const SLEEP_S = 0.1;
const WAKINGS = 6;
const LINE = /^[\x1b[J>\r]*((Delivered|Not delivered|Boot was good|Booted|Killed|Uncaught).*)$/;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [TELEMETRY_HOST] });

/** The example, with each replacement made once. */
function example(replacements: Record<string, string>): string {
  const page = readFileSync(join(ROOT, "docs", "deep-sleep.md"), "utf8");
  let code = /^```ts\n([^]*?)^```/m.exec(page)![1]!;
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(code.includes(from), from);
    code = code.replace(from, to);
  }
  return code;
}

async function buildExample(code: string): Promise<BuiltBundle> {
  const folder = join(ROOT, ".test-bundles");
  const input = join(folder, "deep-sleep.ts");
  mkdirSync(folder, { recursive: true });
  writeFileSync(input, code);
  return await buildIfChanged(bundleOf("app", "deep-sleep", input, folder));
}

let bundle: BuiltBundle;
before(async () => {
  bundle = await buildExample(example({ "https://example.com/readings": `https://${TELEMETRY_HOST}${TELEMETRY_PATH}`, "SLEEP_S = 900": `SLEEP_S = ${SLEEP_S}` }));
});

test(`${WAKINGS} wakings deliver a reading each, and each boot is marked as good`, async (context) => {
  const [server, time] = await Promise.all([startTelemetry(issued), startTimeServer({})]);
  context.after(() => Promise.all([server.stop(), time.stop()]));
  const settings = {
    wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] },
    connectTo: { [`${TELEMETRY_HOST}:443`]: server.address, "pool.ntp.org:123": time.address },
    trustAnchors: { [`${TELEMETRY_HOST}:443`]: CA_FILE },
  };
  const board = await PoweredBoard.make("node", {
    "settings.json": JSON.stringify(settings), [CA_FILE]: authority.der, program: await readFile(bundle.minified),
    ".bootcde": 'global.markBootGood=function(){print("Boot was good")};eval(require("Storage").read("program"))',
  }, LINE);
  context.after(() => board.remove());
  await board.powerUp();
  const lines = await board.linesUntil((printed) => printed.length >= 2 * WAKINGS);
  assert.deepEqual(lines.slice(0, 2 * WAKINGS), Array.from({ length: WAKINGS }, () => ["Delivered 1, 0 queued, 200", "Boot was good"]).flat());
  assertArrivedOnce(server, server.readings.map(({ id }) => Number(id.split("-")[2])));
  assert.deepEqual(server.repeats, []);
  // As a board without a clock of its own: each waking has set it anew.
  assert.ok(server.readings.every(({ timeS }) => Math.abs(timeS - Date.now() / 1_000) < 60));
});

test("the chip boots with an empty RAM and clock, and tells nobody that it sleeps; its firmware counts microseconds in 32 bits (2v29)", async (context) => {
  const bootCode = 'print("Booted "+typeof mark+" "+Math.round(Date.now()/60000));var mark=1;E.on("kill",function(){print("Killed")})';
  const board = await PoweredBoard.make("node", { ".bootcde": bootCode }, LINE);
  context.after(() => board.remove());
  await board.powerUp();
  await board.lines(1);
  for (const microseconds of [1_000, 2 ** 32 + 1_000]) {
    board.type(`setTime(1800000000);ESP32.deepSleep(${microseconds})`);
    assert.deepEqual(await board.lines(1), ["Booted undefined 0"]);
  }
  // To 32 bits this is a negative number. The power can be cut all the same.
  board.type("ESP32.deepSleep(3600000000)");
  assert.deepEqual(await board.cutPower(), []);
});
