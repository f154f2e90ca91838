// The connection to the board breaks in the middle of an upload.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Board } from "../../scripts/board/board.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { upload, type UploadJob } from "../../scripts/espruino-cli/upload.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { openConsole } from "./board-console.ts";

const LONG = process.env.TEST_LONG ? false : "long: npm run test:long";
/** What the CLI sends before the program: a Ctrl-C, its question for the board's name, and the reset. */
const PREAMBLE_BYTES = 300;
const OLD = `print("old one");print("=== done")`;
const NEW = `print("new one");function filler(){return "${"0123456789".repeat(800)}"}\nprint("new end");print("=== done")`;
/** In an upload of NEW, which has 14,230 bytes; closer to each other where the statements after the program are. */
const OFFSETS = [10, 100, 300, 1_000, 3_000, 6_000, 9_000, 11_000, 12_000, 12_500, 13_000, 13_300, 13_600, 13_900, 14_000, 14_100, 14_200, 15_000];
/** The boot guard stays out of it. */
const WENT_WELL = "markBootGood();";

let boards: TestBoards;
let proxy: Server | undefined;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(async () => {
  proxy?.close();
  await boards.release();
});

/** A port that leads to the board until so many bytes have gone there. */
async function cuttingPort(board: Board, bytes: number): Promise<string> {
  proxy = createServer((client) => {
    const line = connect(board.consolePort, "127.0.0.1");
    let leftBytes = bytes;
    client.on("data", (data) => {
      line.write(data.subarray(0, leftBytes));
      leftBytes -= data.length;
      if (leftBytes <= 0) line.end(() => client.destroy());
    });
    line.on("data", (data) => client.write(data));
    for (const socket of [client, line]) socket.on("error", () => socket.destroy());
    line.on("close", () => client.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return `tcp://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

function send(port: string, code: string, into: UploadJob["into"]): ReturnType<typeof upload> {
  return upload({ port: parsePort(port), code, into, outcomeDeadlineMs: 20_000 });
}

for (const { engine, skip } of ENGINES) {
  describe(`an upload to the ${engine} engine that breaks off`, { skip }, () => {
    test("to RAM: an error that says so, and the next one arrives", async () => {
      const board = await boards.powerUp(engine);
      const port = await cuttingPort(board, PREAMBLE_BYTES + 4_000);
      await assert.rejects(send(port, NEW, "ram"), { kind: "disconnected", message: /went away\.\n.*did not confirm the program.*upload it again/ });
      assert.deepEqual((await send(board.port, NEW, "ram")).output, ["new one", "new end", "=== done"]);
    });

    test("to flash: the program before it goes on booting, and the next one arrives", async () => {
      const flashFolder = await boards.flashFolder();
      let board = await boards.powerUp(engine, flashFolder);
      await send(board.port, OLD, "flash");
      const port = await cuttingPort(board, PREAMBLE_BYTES + 6_000);
      await assert.rejects(send(port, NEW, "flash"), { kind: "disconnected", message: /Half a program never runs/ });
      await board.stop();
      board = await boards.powerUp(engine, flashFolder);
      const console = await openConsole(board);
      await console.waitFor(/old one[^]*=== done/);
      console.type(`print("programs",require("Storage").list().filter(function(f){return f.substr(0,9)===".program-"}).length)`);
      const [, count] = await console.waitFor(/programs (\d)/);
      // The interpreter for Linux may not have taken all its input when its power is cut.
      if (engine === "node") assert.equal(count, "2", "half of the new program is there");
      assert.doesNotMatch(console.text, /new one/);
      console.close();
      assert.deepEqual((await send(board.port, NEW, "flash")).output.filter((line) => line !== ""), ["new one", "new end", "=== done"]);
    });

    test("to flash, wherever it breaks off: the old program boots or the new one, whole", { skip: LONG, timeout: 300_000 }, async () => {
      const flashFolder = await boards.flashFolder();
      let board = await boards.powerUp(engine, flashFolder);
      await send(board.port, WENT_WELL + OLD, "flash");
      for (const bytes of OFFSETS) {
        await send(await cuttingPort(board, bytes), WENT_WELL + NEW, "flash").catch(() => {});
        proxy?.close();
        await board.stop();
        board = await boards.powerUp(engine, flashFolder);
        const console = await openConsole(board);
        await console.waitFor(/(old one|new one\s+new end)\s+=== done/);
        console.close();
      }
    });
  });
}
