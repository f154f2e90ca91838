import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parsePort, portArgument } from "../../scripts/espruino-cli/port.ts";

test("a console over TCP", () => {
  assert.deepEqual(parsePort("tcp://127.0.0.1:2323"), { kind: "tcp", name: "tcp://127.0.0.1:2323", host: "127.0.0.1", port: 2323 });
  assert.equal(portArgument(parsePort("tcp://board.local:23")), "tcp://board.local:23");
});

for (const name of ["tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://:2323", "tcp://a b:1", "tcp://h:1 --config X=1"]) {
  test(`${name} is refused with an example`, () => {
    assert.throws(() => parsePort(name), /written tcp:\/\/HOST:PORT, for example tcp:\/\/127\.0\.0\.1:2323/);
  });
}

for (const name of ["2323", "", "ttyUSB0", "-v", "localhost:2323"]) {
  test(`"${name}" is no port: the message says what one looks like`, () => {
    assert.throws(() => parsePort(name), /give a serial port \(\/dev\/ttyUSB0, COM3\) or a console over TCP/);
  });
}

test("a serial port that does not exist is refused before anything starts", () => {
  assert.throws(() => parsePort("/dev/no-such-port"), /There is no port \/dev\/no-such-port\. Is the board plugged in\?/);
});

test("Windows names are taken in any case", () => {
  assert.deepEqual(parsePort("com3"), { kind: "serial", name: "com3", path: "COM3" });
});

test("a link to a port is followed, because the CLI knows ports only by their own name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  await writeFile(join(folder, "ttyUSB7"), "");
  await symlink(join(folder, "ttyUSB7"), join(folder, "by-id"));
  assert.equal(portArgument(parsePort(join(folder, "by-id"))), parsePort(join(folder, "ttyUSB7")).name);
  await rm(folder, { recursive: true });
});
