import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { startConsoleServer, type ConsoleServer } from "../../scripts/board/console-server.ts";
import type { Engine } from "../../scripts/board/engine.ts";
import { OutputWatcher } from "./output-watcher.ts";

/** An engine that echoes in upper case, and prints when the test says so. */
class EchoEngine implements Engine {
  readonly exited = new Promise<never>(() => {});
  print: (bytes: Uint8Array) => void = () => {};
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  setAccessPoint(): void {}
  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.print = listener;
  }
  write(bytes: Uint8Array): void {
    this.print(bytes.map(upperCase));
  }
}

/** Of an ASCII letter; other bytes stay. */
function upperCase(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

let engine: EchoEngine;
let server: ConsoleServer;
let sockets: Socket[];

beforeEach(async () => {
  engine = new EchoEngine();
  sockets = [];
  server = await startConsoleServer(engine, 0);
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.stop();
});

async function connectClient(): Promise<{ socket: Socket; output: OutputWatcher }> {
  const socket = connect(server.port, "127.0.0.1");
  sockets.push(socket);
  const output = new OutputWatcher();
  socket.on("data", (bytes) => output.take(bytes));
  await once(socket, "connect");
  return { socket, output };
}

test("bytes go both ways, whatever they are", async () => {
  const { socket, output } = await connectClient();
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  socket.write(all);
  await output.waitFor(/\xff$/);
  assert.equal(output.text, Buffer.from(all.map(upperCase)).toString("latin1"));
});

test("a second connection is told that the console is busy, and the first goes on", async () => {
  const first = await connectClient();
  first.socket.write("a");
  await first.output.waitFor(/A/);
  const second = await connectClient();
  await once(second.socket, "end");
  assert.equal(second.output.text, "This console is busy: it serves one connection at a time.\r\n");
  first.socket.write("b");
  await first.output.waitFor(/AB/);
});

test("the next connection is served as soon as the first has gone, in an orderly way or not", async () => {
  for (const leave of ["end", "resetAndDestroy"] as const) {
    const { socket, output } = await connectClient();
    socket.write("x");
    await output.waitFor(/X/);
    socket[leave]();
    await once(socket, "close");
    // The server hears of a reset a moment later.
    for (;;) {
      const next = await connectClient();
      next.socket.write("y");
      const [, answer] = await next.output.waitFor(/^(Y|This console is busy)/);
      next.socket.destroy();
      if (answer === "Y") break;
    }
  }
});

test("output while nobody is connected comes first on the next connection, the last 64 KB of it", async () => {
  for (let n = 0; n < 100; n++) engine.print(Buffer.from(`${n} `.padEnd(1000, ".")));
  engine.print(Buffer.from("end"));
  const { output } = await connectClient();
  await output.waitFor(/end$/);
  assert.equal(output.text.length, 64 * 1024);
  assert.match(output.text, /99 \.+end$/);
});

test("what a client does not read is dropped beyond a bound, and the line stays alive", async () => {
  const { socket, output } = await connectClient();
  socket.write("a");
  await output.waitFor(/A/);
  socket.pause();
  const flood = Buffer.alloc(100_000, ".");
  for (let n = 0; n < 200; n++) engine.print(flood);
  socket.on("data", () => engine.print(Buffer.from("end")));
  socket.resume();
  await output.waitFor(/end/);
  assert.ok(output.text.length < 100 * flood.length, `${output.text.length} of ${200 * flood.length} bytes were kept`);
});

test("a busy port is replaced by a free one", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const taken = (other.address() as AddressInfo).port;
  const second = await startConsoleServer(new EchoEngine(), taken);
  assert.notEqual(second.port, taken);
  await second.stop();
  other.close();
});

test("stop() ends the connection", async () => {
  const { socket } = await connectClient();
  const closed = once(socket, "close");
  socket.on("error", () => {});
  await server.stop();
  await closed;
});
