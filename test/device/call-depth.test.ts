// How deep the project's own functions call each other on the board. An ESP32-C3 has a stack of 15,000 bytes, which some nine nested calls
// in ordinary statements fill (2v29); "Too much recursion" cannot be caught there.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test, type TestContext } from "node:test";
import { DEFAULT_WORLD } from "../../scripts/board/board.ts";
import { buildBundle, type BuiltBundle } from "../../scripts/build.ts";
import { startCloud, type Cloud } from "../../scripts/cloud/cloud.ts";
import { appNames, bundleOf } from "../../scripts/rollup/bundle.ts";
import { sourcePlugins } from "../../scripts/rollup/rollup-options.ts";
import { provisionedFiles } from "../../scripts/start/settings.ts";
import { createHostileCertificates } from "../hostile/certificates.ts";
import { MATRIX, prepareBoard, startServer, visit } from "../hostile/matrix.ts";
import { PoweredBoard } from "../outbox/powered-board.ts";
import { DeviceBoard, type Target } from "./board-run.ts";
import { callDepth, DEEPEST_CHAIN } from "./call-depth.ts";

/** Of some nine, one is left for a function of the program's. */
const MOST_FRAMES = 8;
/** The program telemetry ends after so many. */
const READINGS = 2;
const ASK = `print("@ "+JSON.stringify(${DEEPEST_CHAIN}))`;
const TARGET: Target = { engine: "node", form: "plain", skip: false };
const PATH = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const INPUTS: Record<string, string> = {
  hostile: PATH("test/device/programs/hostile.ts"),
  outbox: PATH("modules/outbox.ts"),
  ...Object.fromEntries(appNames().map((name) => [name, PATH(`src/${name}.ts`)])),
};
/** The short run visits every so many of the hostile servers. */
const CASE_STEP = process.env["TEST_LONG"] ? 1 : 8;
/** A case that waits for a deadline says no more about depth than one that does not. */
const CASES = MATRIX.filter(({ deadlines = {} }) => Object.values(deadlines).length === 0).filter((_, index) => index % CASE_STEP === 0);

let folder: string;
let cloud: Cloud;
const bundles: Record<string, BuiltBundle> = {};
const plugins = sourcePlugins(Object.values(INPUTS));
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-depth-"));
  cloud = await startCloud();
  for (const [name, input] of Object.entries(INPUTS)) {
    bundles[name] = await buildBundle(bundleOf(name === "outbox" ? "module" : "app", name, input, folder), { ...plugins, all: [...plugins.all, callDepth()] });
  }
});
after(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

function assertShallow(context: TestContext, answer: unknown): void {
  const chain = answer as string[];
  context.diagnostic(`${chain.length}: ${chain.join(" > ")}`);
  assert.ok(chain.length > 1, "nothing was counted");
  assert.ok(chain.length <= MOST_FRAMES, `${chain.length} frames, at most ${MOST_FRAMES}: ${chain.join(" > ")}`);
}

describe(`the deepest chain of the project's own calls has at most ${MOST_FRAMES} frames`, () => {
  for (const name of appNames()) {
    test(`src/${name}.ts: WiFi, time, a verified request`, async (context) => {
      const storage = provisionedFiles({ cloud, world: DEFAULT_WORLD, ram: undefined, isInsecure: false, readings: READINGS, breakage: undefined });
      const board = await DeviceBoard.start(TARGET, { storage, world: DEFAULT_WORLD });
      context.after(() => board.stop());
      await board.store("program", await readFile(bundles[name]!.plain));
      board.type(`\x10load("program")\n`);
      await board.untilPrinted(/^=== /);
      assertShallow(context, await board.ask(ASK));
    });
  }

  test(`${CASES.length} hostile servers: redirects, chunks, every error`, async (context) => {
    const certificates = await createHostileCertificates();
    const board = await DeviceBoard.start(TARGET);
    context.after(() => board.stop());
    assert.equal(await board.load(bundles["hostile"]!, "plain"), "ready");
    await prepareBoard(board, certificates);
    for (const each of CASES) {
      const server = await startServer(each, certificates);
      await visit(board, each, server.address, certificates);
      await server.stop();
    }
    assertShallow(context, await board.ask(ASK));
  });

  test("the outbox: opened, filled until it is full, emptied, opened again", async (context) => {
    const board = await PoweredBoard.make("node", { outbox: await readFile(bundles["outbox"]!.plain) });
    context.after(() => board.remove());
    await board.powerUp();
    board.type('o=require("outbox").openOutbox({pages:4});for(i=0;i<40;i++)try{o.put("r".repeat(700))}catch(e){}');
    board.type('o.remove(o.peek(9,9999).length);o=require("outbox").openOutbox({pages:4})');
    assertShallow(context, await board.ask(DEEPEST_CHAIN));
  });
});
