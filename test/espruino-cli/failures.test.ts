import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { uploadArguments } from "../../scripts/espruino-cli/arguments.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { TestBoards } from "../board/test-board.ts";

let boards: TestBoards;
let sockets: Socket[];
let servers: Server[];
beforeEach(() => {
  boards = new TestBoards();
  sockets = [];
  servers = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await boards.release();
});

async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(portName: string): Promise<unknown> {
  return upload({ port: parsePort(portName), code: `print("=== done")`, into: "ram", outcomeDeadlineMs: 20_000 });
}

test("nothing listens at the port", async () => {
  const port = await listen(() => {});
  servers.pop()?.close();
  await assert.rejects(send(port), { kind: "refused", message: `Nothing listens at ${port}. Is the board running? Start the virtual board with: npm run board` });
});

test("a serial port that exists and is none is named", async () => {
  await assert.rejects(send("/dev/null"), { kind: "no-such-port", message: /There is no serial port \/dev\/null that this computer lists/ });
});

test("a console in use is busy", async () => {
  const board = await boards.powerUp("node");
  const other = connect(board.consolePort, "127.0.0.1");
  sockets.push(other);
  other.write("\n");
  await once(other, "data");
  await assert.rejects(send(board.port), { kind: "busy", message: /is busy: another program \(a terminal, an upload\) is connected to it/ });
});

test("what is silent, answers otherwise, or echoes everything is no Espruino", async () => {
  const silent = await listen((socket) => socket.resume());
  const another = await listen((socket) => socket.on("data", () => socket.write("login: ")));
  const echo = await listen((socket) => socket.pipe(socket));
  await Promise.all([
    assert.rejects(send(silent), { kind: "not-espruino", message: /does not answer as Espruino/ }),
    assert.rejects(send(another), { kind: "not-espruino" }),
    assert.rejects(send(echo), { name: "CliFailure" }),
  ]);
});

test("a port that closes at once went away", async () => {
  const port = await listen((socket) => socket.end());
  await assert.rejects(send(port), { name: "CliFailure", message: /went away|Cannot reach/ });
});

test("secrets are in no argument, and no temporary file is left", async () => {
  const { port } = await boards.powerUp("node");
  const temporary = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    await writeStorage({ port: parsePort(port), files: { "settings.json": Buffer.from(`{"wifi":{"password":"a-secret"}}`) } });
    await assert.rejects(send("/dev/null"));
    assert.deepEqual(readdirSync(temporary).filter((name) => name.startsWith("espruino-https")), []);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(temporary, { recursive: true });
  }
  const args = uploadArguments({ port: parsePort(port), folder: "f", file: "check.js", storage: { "settings.json": "storage-0" } });
  assert.ok(args.includes("settings.json:storage-0"));
});

test("the CLI asks nobody on the internet, also for a module that the board does not know", async () => {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  const log = join(folder, "log");
  const guard = new URL("./network-guard.mjs", import.meta.url).href;
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = `--import ${guard}`;
  process.env.NETWORK_GUARD_LOG = log;
  try {
    const { port } = await boards.powerUp("node");
    const code = `try{require("no-such-module")}catch(e){print("not there")}print("=== done")`;
    const end = await upload({ port: parsePort(port), code, into: "ram", outcomeDeadlineMs: 20_000 });
    assert.deepEqual(end.output, ["not there", "=== done"]);
    assert.equal(existsSync(log) ? await readFile(log, "utf8") : "", "");
  } finally {
    delete process.env.NETWORK_GUARD_LOG;
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    await rm(folder, { recursive: true });
  }
});
