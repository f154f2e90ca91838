import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { type NodeBoard, startJoinedBoard } from "./node-board.ts";
import { loggedIn, printedIn, programFor, type Scenario } from "./scenario.ts";
import { createIdentity } from "./scenario-certificates.ts";
import { type ScenarioServer, startTcp, startTls } from "./scenario-servers.ts";

const COUNT_SOCKETS = `
var open = [];
function fill() {
  try {
    for (;;) open.push(net.connect({host:"127.0.0.1",port:PORT}));
  } catch (e) { log(open.length + " " + e.message); }
}`;

describe("limits of the node engine's network", () => {
  let board: NodeBoard;
  let server: ScenarioServer;
  before(async () => {
    server = await startTcp(() => {});
  });
  after(() => server.close());
  beforeEach(async () => {
    board = await startJoinedBoard();
  });
  afterEach(() => board.stop());

  const run = (program: string, port = server.port): Promise<string[]> =>
    board.run(programFor({ program } as Scenario, port));

  test("ten sockets, of which the telnet server holds one until it is shut", async () => {
    const lines = await run(`${COUNT_SOCKETS}
fill(); require("TelnetServer").setOptions({mode:"off"}); fill(); finish();`);
    assert.deepEqual(loggedIn(lines), ["9 Unable to create socket", "10 Unable to create socket"]);
    assert.deepEqual(printedIn(lines), ["ERROR: Socket creation failed", "ERROR: Socket creation failed"]);
  });

  test("a closed socket can be used again", async () => {
    const lines = await run(`${COUNT_SOCKETS}
fill();
var s = open.shift();
s.on("close", function() { fill(); finish(); });
s.end();`);
    assert.deepEqual(loggedIn(lines), ["9 Unable to create socket", "9 Unable to create socket"]);
  });

  test("each failed TLS set-up loses a socket for good", async () => {
    const lines = await run(`${COUNT_SOCKETS}
function fail() { try { tls.connect({host:"127.0.0.1",port:PORT,ca:"x".repeat(200)}); } catch (e) { return e; } }
for (var i = 0; i < 4; i++) fail();
setTimeout(function() { fill(); finish(); }, 50);`);
    assert.deepEqual(loggedIn(lines), ["5 Unable to create socket"]);
  });

  test("a blocked interpreter holds the sender back", async () => {
    const bytes = 8 * 1024 * 1024;
    let finished = false;
    const sender = await startTcp((socket) => void socket.end(Buffer.alloc(bytes), () => (finished = true)));
    await run(`
var s = net.connect({host:"127.0.0.1",port:PORT});
s.on("data", function() {}); s.on("close", function() {}); pause(300); finish();`, sender.port);
    assert.equal(finished, false);
    await sender.close();
  });
});

describe("two TLS sockets on the node engine", () => {
  test("a socket function called in a data handler crashes the board", async () => {
    const identity = await createIdentity("localhost");
    const server = await startTls(identity, { maxVersion: "TLSv1.2" }, (socket) => {
      socket.on("data", (bytes) => socket.write(bytes));
    });
    const board = await startJoinedBoard();
    const program = programFor({ program: `
var first = tls.connect({host:"127.0.0.1",port:PORT}), second = tls.connect({host:"127.0.0.1",port:PORT});
first.on("data", function() { second.write("x"); });
first.write("go");` } as Scenario, server.port);
    const lines = await board.run(program, (printed) => printed.some((line) => line.startsWith("Rebooting")));
    assert.ok(lines.some((line) => line.includes("Guru Meditation Error")));
    await board.stop();
    await server.close();
  });
});
