import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DEFAULT_WORLD, startBoard, type Board } from "../../scripts/board/board.ts";
import { startTimeServer, type TimeServer } from "../../scripts/cloud/time-server.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { runSelftest } from "./run-selftest.ts";

/** Four power-ups and uploads, half a minute. */
const SKIP = process.env["TEST_LONG"] ? false : "only in npm run test:long";

describe("selftest of somebody's board", { skip: SKIP }, () => {
  const settings = { wifi: DEFAULT_WORLD.accessPoint, clock: { servers: ["pool.ntp.org"] } };
  let flashFolder: string;
  let time: TimeServer;
  let board: Board;
  before(async () => {
    flashFolder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
    time = await startTimeServer();
    board = await startBoard({ engine: "node", flashFolder, world: DEFAULT_WORLD, consolePort: 0 });
  });
  after(async () => {
    await board.stop();
    await time.stop();
    await rm(flashFolder, { recursive: true });
  });

  test("a board without settings is told from one that fails", async () => {
    const { exitCode, text } = await runSelftest(["--port", board.port]);
    assert.equal(exitCode, 1);
    assert.match(text, /E_SETTINGS in settings: no JSON in Storage: settings\.json\nhint: /);
    assert.doesNotMatch(text, /FAILED:/);
  });

  test("uses its settings, prints nothing but JSON, and removes what it wrote", async () => {
    const file = Buffer.from(JSON.stringify({ ...settings, connectTo: { "pool.ntp.org:123": time.address } }));
    const port = parsePort(board.port);
    await writeStorage({ port, files: { "settings.json": file } });
    const { exitCode, text, stdout } = await runSelftest(["--port", board.port, "--json"]);
    assert.equal(exitCode, 0, text);
    const { passed, reasons, servers, randoms } = JSON.parse(stdout);
    assert.deepEqual({ passed, reasons }, { passed: true, reasons: [] });
    assert.deepEqual(randoms, { stock: "not measurable", hardened: "not measurable" });
    const expired = servers.find(({ id }: { id: string }) => id === "expired");
    assert.equal(expired.stock.serverName, "mbed TLS Server 1");
    assert.deepEqual(expired.hardened, {
      accepted: false, connections: 1, requestBytes: 0, code: "E_CERT_EXPIRED", message: "expired.test", serverName: "expired.test",
    });
    const { output } = await upload({ port, code: 'print(require("Storage").list().join());print("=== done");', into: "ram" });
    assert.deepEqual(output, ["settings.json", "=== done"]);
  });
});
