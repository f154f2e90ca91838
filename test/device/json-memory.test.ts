// The memory that a status takes while it is read does not grow with its length, on a real interpreter, over verified TLS.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { GITHUB_HOST, startGitHub } from "../../scripts/cloud/github.ts";
import { REACHES_RAM, SKIP_WITHOUT_RAM } from "../tls/real-interpreter.ts";
import { buildPrograms, DeviceBoard } from "./board-run.ts";

const SHORT_BYTES = 5_000;
/** How often the program says how far it is. */
const PROGRESS_BYTES = 100_000;
const GROWTH_BLOCKS = 100;
const STATUS_URL = `https://${GITHUB_HOST}/repos/esp8266/Arduino/commits/master/status`;
/** For 5 MB on a slow computer. */
const READING_MS = 300_000;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [GITHUB_HOST] });

interface Reading {
  error?: unknown;
  found: { state?: string; isWhole?: boolean; problem?: unknown };
  samples: number;
  peakBlocks: number;
  bytes: number;
  verified: string;
}

describe("memory for a status that streams by", { skip: SKIP_WITHOUT_RAM }, () => {
  let bundle: BuiltBundle;
  let board: DeviceBoard;
  before(async () => {
    if (!REACHES_RAM) return;
    const built = await buildPrograms("json-memory");
    bundle = built.bundles["json-memory"]!;
    board = await DeviceBoard.start({ engine: "espruino", form: "minified", skip: false });
    assert.equal(await board.load(bundle, "minified"), "ready");
  });
  after(() => board?.stop());

  /** Reads a status of so many bytes whose own state stands at its end, behind hundreds of others. */
  async function read(bytes: number): Promise<Reading> {
    const github = await startGitHub(issued, { bytes, stateAt: "end", state: "failure" });
    const settings = { connectTo: { [`${GITHUB_HOST}:443`]: github.address }, ...(board.ram && { ram: board.ram }) };
    const options = { url: STATUS_URL, httpVersion: "1.1", pins: github.pins, settings, deadlines: { totalMs: READING_MS } };
    try {
      board.printed = [];
      assert.equal(await board.call("read", { options, ca: authority.der.toString("base64") }), "started");
      for (let count = 1; count <= bytes / PROGRESS_BYTES; count++) await board.untilCount(/^progress /, count);
      const reading = (await board.answer()) as Reading;
      assert.deepEqual([reading.error, reading.found, reading.verified], [undefined, { state: "failure", isWhole: true }, "ca, pin"]);
      assert.ok(reading.bytes >= bytes, `${reading.bytes} bytes`);
      assert.ok(reading.samples > (2 * bytes) / 536, `${reading.samples} samples`);
      return reading;
    } finally {
      await github.stop();
    }
  }

  for (const bytes of process.env["TEST_LONG"] ? [500_000, 5_000_000] : [500_000]) {
    test(`${bytes} bytes take at most ${GROWTH_BLOCKS} JsVars more than ${SHORT_BYTES}`, async (context) => {
      await read(SHORT_BYTES);
      const short = await read(SHORT_BYTES);
      const startedMs = Date.now();
      const long = await read(bytes);
      context.diagnostic(`peaks: ${short.peakBlocks} and ${long.peakBlocks} JsVars; ${long.samples} samples, ${Date.now() - startedMs} ms`);
      assert.ok(long.peakBlocks <= short.peakBlocks + GROWTH_BLOCKS, `${short.peakBlocks} and ${long.peakBlocks} JsVars`);
    });
  }

  test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
});
