import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { DEFAULT_WORLD, type Board } from "../../scripts/board/board.ts";
import { startCloud, type Cloud } from "../../scripts/cloud/cloud.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { provisionedFiles } from "../../scripts/start/settings.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { runVerb, startVerb } from "./run-verb.ts";

let boards: TestBoards;
let cloud: Cloud | undefined;
beforeEach(() => {
  boards = new TestBoards();
  cloud = undefined;
});
afterEach(async () => {
  await boards.release();
  await cloud?.stop();
});

async function provision(board: Board): Promise<void> {
  cloud = await startCloud();
  // The interpreter that ESPRUINO_BIN names may be one whose TLS state cannot be reached.
  const isInsecure = board.engine === "espruino";
  const files = provisionedFiles({ cloud, world: DEFAULT_WORLD, ram: board.ram, isInsecure, readings: 0, breakage: undefined });
  await writeStorage({ port: parsePort(board.port), files });
}

for (const { engine, skip } of ENGINES) {
  describe(`npm run upload to the ${engine} engine`, { skip }, () => {
    test("to RAM: it runs, and its output is shown", async () => {
      const board = await boards.powerUp(engine);
      await provision(board);
      const { exitCode, text } = await runVerb("upload", ["--port", board.port]);
      assert.equal(exitCode, 0, text);
      assert.match(text, /\[2\/4\] Looking at the board at tcp:[^]* \.\.\.+ \w+, Espruino 2v\d+[^]*\[3\/4\] Uploading howsmyssl to RAM[^]*\| === done\nhowsmyssl is done\.\n$/);
    });

    test("--save --plain: the readable bundle runs from flash, at once and when the power comes back", async () => {
      const flashFolder = await boards.flashFolder();
      const board = await boards.powerUp(engine, flashFolder);
      await provision(board);
      const { exitCode, text } = await runVerb("upload", ["--port", board.port, "--save", "--plain"]);
      assert.equal(exitCode, 0, text);
      assert.match(text, /to flash[^]*\| === done/);
      await board.stop();
      const second = await boards.powerUp(engine, flashFolder);
      // What it prints before anyone is connected is kept.
      const terminal = startVerb("repl", ["--port", second.port]);
      await terminal.waitFor(/=== done/);
      terminal.child.stdin?.end();
      assert.equal((await terminal.ended).exitCode, 0);
    });
  });
}

test("a program that fails gives its reason and 1", async () => {
  const board = await boards.powerUp("node");
  const { exitCode, text } = await runVerb("upload", ["--port", board.port]);
  assert.equal(exitCode, 1);
  assert.match(text, /howsmyssl failed: E_SETTINGS in settings/);
});

test("nothing listens", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const { exitCode, text } = await runVerb("upload", ["--port", `tcp://127.0.0.1:${port}`]);
  assert.equal(exitCode, 1);
  assert.match(text, /Nothing listens at tcp:\/\/127\.0\.0\.1:\d+\./);
});

test("the port is busy", async () => {
  const board = await boards.powerUp("node");
  const other = connect(board.consolePort, "127.0.0.1");
  other.write("\n");
  await once(other, "data");
  const { exitCode, text } = await runVerb("upload", ["--port", board.port]);
  assert.equal(exitCode, 1);
  assert.match(text, /is busy: another program/);
  other.destroy();
});
