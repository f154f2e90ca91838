import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createNodeEngine, type NodeEngine } from "../../../scripts/board/node-engine/engine.ts";
import { Storage } from "../../../scripts/board/node-engine/storage/storage.ts";
import { temporaryFolder } from "./board-session.ts";

const CLI = createRequire(import.meta.url).resolve("espruino/bin/espruino-cli.js");
const CLI_TIMEOUT_MS = 30_000;

/** A program of the shapes that the CLI splits lines at. */
const PROGRAM = `var one = 1;
function greet(name) {
  return "hello " + name;
}
if (one)
  print("branch");
else
  print("other");
(function () {
  setTimeout(function () { print(greet("from the timer")); }, 5);
})();
print("uploaded to", process.env.BOARD);
`;

interface Board {
  folder: string;
  port: number;
}

async function powerUp(context: TestContext, folder = temporaryFolder(context)): Promise<Board> {
  const world = { accessPoint: { ssid: "virtual-ap", password: "virtual-password" }, hosts: {} };
  const engine: NodeEngine = createNodeEngine({ flashFolder: join(folder, "flash"), world });
  let console: Socket | undefined;
  engine.onOutput((bytes) => console?.write(bytes));
  await engine.start();
  const server = createServer((socket) => {
    console = socket.on("error", () => {}).on("data", (bytes) => engine.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(async () => {
    console?.destroy();
    server.close();
    await engine.stop();
  });
  return { folder, port: (server.address() as AddressInfo).port };
}

function runCli(board: Board, args: string[]): Promise<string> {
  const boards = join(board.folder, "boards");
  mkdirSync(boards, { recursive: true });
  writeFileSync(join(boards, "ESP32.json"), JSON.stringify({ info: { builtin_modules: ["Storage"] } }));
  const fixed = ["-p", `tcp://127.0.0.1:${board.port}`, "-b", "115200", "--no-ble"];
  const lookUps = ["--config", `BOARD_JSON_URL=${boards}`, "--config", "MODULE_URL="];
  const options = { cwd: board.folder, timeout: CLI_TIMEOUT_MS };
  const child = spawn(process.execPath, [CLI, ...fixed, ...lookUps, ...args], options);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  if (!args.includes("--download")) child.stdin.end();
  return new Promise((resolve) => child.on("exit", () => resolve(output)));
}

describe("the unmodified espruino CLI", { concurrency: true }, () => {
  test("uploads to RAM, and evaluates what it uploaded", async (context) => {
    const board = await powerUp(context);
    writeFileSync(join(board.folder, "program.js"), PROGRAM);
    const upload = await runCli(board, ["program.js"]);
    assert.match(upload, /branch[^]*uploaded to ESP32[^]*hello from the timer/);
    assert.doesNotMatch(upload, /Uncaught|Prompt not detected/);
    assert.match(await runCli(board, ["-e", "print(greet('expression'))"]), /hello expression/);
  });

  test("saves to flash, and the program runs at the next power-up", async (context) => {
    const folder = temporaryFolder(context);
    const board = await powerUp(context, folder);
    writeFileSync(join(folder, "program.js"), `${PROGRAM}// ${"padding ".repeat(300)}\n`);
    const upload = await runCli(board, ["--config", "SAVE_ON_SEND=1", "program.js"]);
    assert.match(upload, /uploaded to ESP32[^]*hello from the timer/);
    const again = await powerUp(context, folder);
    assert.match(await runCli(again, ["-e", "print(greet('flash'))"]), /hello flash/);
  });

  test("writes Storage files and boot code, byte for byte", async (context) => {
    const board = await powerUp(context);
    const content = Buffer.from(Array.from({ length: 1500 }, (_each, i) => i & 0xff));
    writeFileSync(join(board.folder, "data.bin"), content);
    writeFileSync(join(board.folder, "program.js"), PROGRAM);
    await runCli(board, ["--storage", "data.bin:data.bin", "--storage", ".bootcde:-", "program.js"]);
    const storage = new Storage(join(board.folder, "flash"));
    assert.equal(storage.read("data.bin"), content.toString("latin1"));
    assert.match(storage.read(".bootcde")!, /function greet/);
  });

  test("downloads a Storage file", async (context) => {
    const board = await powerUp(context);
    writeFileSync(join(board.folder, "text.txt"), "some text\n".repeat(100));
    await runCli(board, ["--storage", "text.txt:text.txt", "-e", "1"]);
    writeFileSync(join(board.folder, "text.txt"), "");
    assert.match(await runCli(board, ["--download", "text.txt"]), /successfully downloaded/);
    assert.equal(readFileSync(join(board.folder, "text.txt"), "latin1"), "some text\n".repeat(100));
  });
});
