// Five TLS set-ups fail, each of which costs the firmware a socket for good: telemetry restarts the board by itself, and no reading is lost.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startTelemetry, TELEMETRY_HOST, TELEMETRY_PATH } from "../../scripts/cloud/telemetry.ts";
import { startTimeServer } from "../../scripts/cloud/time-server.ts";
import { ACCESS_POINT, PoweredBoard } from "../outbox/powered-board.ts";
import { assertArrivedOnce } from "./arrived.ts";
import { buildPrograms, MINIFIED_TARGETS } from "./board-run.ts";

const CA_FILE = "ca.der";
const RIGHT_CA_FILE = "right-ca.der";
/** At the speed of the first boot the pauses between six attempts, half a minute, pass in less than a second. */
const INTERVAL_S = 1;
const FAST = 50;
const LINE = /^[\x1b[J>\r]*((Reading \d+|Delivered \d+, \d+ queued|Not delivered: E_\w+ in \w+|The board restarts: E_\w+|Boot was good).*)$/;
const RESTARTS = /^The board restarts: E_SOCKETS_LOST/;

/** Which CA is embedded is mended while the board restarts. */
const BOOT_CODE = `
var storage=require("Storage"),isRestarted=storage.read("restarted");
storage.write("restarted","1");
if(isRestarted)storage.erase("${CA_FILE}"),storage.write("${CA_FILE}",storage.read("${RIGHT_CA_FILE}"));
global.markBootGood=function(){print("Boot was good")};
eval(storage.read("program"));
if(!isRestarted)runFast(${FAST});
`;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [TELEMETRY_HOST] });

let built: { bundles: Record<string, BuiltBundle> };
before(async () => {
  built = await buildPrograms("telemetry");
});

for (const { engine, form, skip } of MINIFIED_TARGETS) {
  test(`${engine} engine: after five failed TLS set-ups the board restarts, and every reading arrives once`, { skip }, async (context) => {
    // Where its RAM is, a real interpreter's settings would have to be told anew at each power-up.
    const canVerify = engine === "node";
    const [server, time] = await Promise.all([startTelemetry(issued, { anyServerName: !canVerify }), startTimeServer({})]);
    context.after(() => Promise.all([server.stop(), time.stop()]));
    const settings = {
      wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] }, ...(!canVerify && { verify: "none" }),
      connectTo: { [`${TELEMETRY_HOST}:443`]: server.address, "pool.ntp.org:123": time.address },
      trustAnchors: { [`${TELEMETRY_HOST}:443`]: CA_FILE },
      telemetry: { url: `https://${TELEMETRY_HOST}${TELEMETRY_PATH}`, intervalS: INTERVAL_S },
    };
    const board = await PoweredBoard.make(engine, {
      "settings.json": JSON.stringify(settings), [CA_FILE]: "no certificate, but longer than a file's name".repeat(4), [RIGHT_CA_FILE]: authority.der,
      program: await readFile(built.bundles["telemetry"]![form]), ".bootcde": BOOT_CODE,
    }, LINE);
    context.after(() => board.remove());

    await board.powerUp();
    const firstBoot = [...await board.linesUntil((lines) => lines.some((line) => line === "Boot was good"))];
    const restartsAt = firstBoot.findIndex((line) => RESTARTS.test(line));
    const failures = firstBoot.slice(0, restartsAt).flatMap((line) => /^Not delivered: (E_\w+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(failures, [...Array<string>(5).fill("E_TLS_SETUP"), "E_SOCKETS_LOST"]);
    assert.deepEqual(server.readings, []);

    await restarted(board, engine);
    const secondBoot = await board.linesUntil((lines) => lines.some((line) => /^Delivered \d+, 0 queued/.test(line)));
    const put = [...firstBoot, ...secondBoot].flatMap((line) => /^Reading (\d+): .*queued$/.exec(line)?.[1] ?? []).map(Number);
    assert.ok(firstBoot.filter((line) => line.startsWith("Reading")).length > 5);
    assertArrivedOnce(server, put);
  });
}

/** The chip boots by itself; the Linux build ends at E.reboot (2v29), and is started again. */
async function restarted(board: PoweredBoard, engine: "node" | "espruino"): Promise<void> {
  if (engine === "node") return;
  await board.ended();
  await board.powerUp();
}
