import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findPort, listSerialPorts, parseListLine, type ListedPort } from "../../scripts/espruino-cli/find-port.ts";

let folder: string;
let ofUsb: ListedPort;
let onBoard: ListedPort;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  ofUsb = { path: join(folder, "ttyUSB0"), maker: "Silicon Labs" };
  onBoard = { path: join(folder, "ttyAMA0"), maker: undefined };
  for (const { path } of [ofUsb, onBoard]) await writeFile(path, "");
});
after(() => rm(folder, { recursive: true }));

function find(ports: ListedPort[], isVirtualBoardOn = false): Promise<string> {
  return findPort(undefined, { listPorts: () => Promise.resolve(ports), hasVirtualBoard: () => Promise.resolve(isVirtualBoardOn) })
    .then(({ name }) => name);
}

test("the port that was given is taken as it is, and nothing is looked for", async () => {
  const refuse = (): Promise<never> => Promise.reject(new Error("looked"));
  const port = await findPort("tcp://127.0.0.1:1", { listPorts: refuse, hasVirtualBoard: refuse });
  assert.equal(port.name, "tcp://127.0.0.1:1");
});

test("the only USB port is taken, before ports that are none and the virtual board", async () => {
  assert.equal(await find([onBoard, ofUsb], true), ofUsb.path);
});

test("with nothing on USB the only serial port is taken, and with none at all the virtual board that is on", async () => {
  assert.equal(await find([onBoard], true), onBoard.path);
  assert.equal(await find([], true), "tcp://127.0.0.1:2323");
});

test("several are named with their makers", async () => {
  const other = { path: join(folder, "ttyACM0"), maker: "Espressif" };
  await assert.rejects(find([ofUsb, other, onBoard]), ({ message }: Error) => {
    assert.equal(message, "There are 2 serial ports. Say which one the board is at:\n" +
      `  --port ${ofUsb.path}  (Silicon Labs)\n  --port ${other.path}  (Espressif)`);
    return true;
  });
});

test("none: the message says what to do", async () => {
  await assert.rejects(find([]), /^Error: No board found: .* Plug a board in .* `npm run board`, or name a port with --port\.$/);
});

test("lines of the CLI's list", () => {
  assert.deepEqual(parseListLine("  /dev/ttyUSB0  (Silicon Labs (CP2102))"), [{ path: "/dev/ttyUSB0", maker: "Silicon Labs (CP2102)" }]);
  assert.deepEqual(parseListLine("  COM3  (wch.cn)\r"), [{ path: "COM3", maker: "wch.cn" }]);
  assert.deepEqual(parseListLine("  /dev/ttyAMA0  (undefined)"), [{ path: "/dev/ttyAMA0", maker: undefined }]);
  for (const line of ["PORTS:", "", "Error: No Ports Found", "  - Try running with --verbose and check for errors initialisting modules"]) {
    assert.deepEqual(parseListLine(line), [], line);
  }
});

test("the real CLI lists this computer's ports at once", async () => {
  for (const { path } of await listSerialPorts()) assert.match(path, /^(\/dev\/|COM)/);
});
