import assert from "node:assert/strict";
import { test } from "node:test";
import type { Port } from "../../scripts/espruino-cli/port.ts";
import { ownAddress } from "../../scripts/selftest/own-address.ts";

const SERIAL: Port = { kind: "serial", name: "/dev/ttyUSB0", path: "/dev/ttyUSB0" };
const CONSOLE: Port = { kind: "tcp", name: "tcp://127.0.0.1:2323", host: "127.0.0.1", port: 2323 };

test("a virtual board, and one whose console is on this computer, see it at loopback", async () => {
  assert.equal(await ownAddress(undefined, undefined), "127.0.0.1");
  assert.equal(await ownAddress(CONSOLE, undefined), "127.0.0.1");
  assert.equal(await ownAddress(CONSOLE, "127.0.0.1"), "127.0.0.1");
});

test("for a serial port the address has to be given", async () => {
  await assert.rejects(ownAddress(SERIAL, undefined), /with --host\. This computer has: /);
});

test("an address that the board could not use is refused", async () => {
  await assert.rejects(ownAddress(SERIAL, "127.0.0.1"), /on the board it means the board itself/);
  await assert.rejects(ownAddress(SERIAL, "my-computer"), /has to be an IPv4 address/);
  await assert.rejects(ownAddress(CONSOLE, "::1"), /has to be an IPv4 address/);
  // TEST-NET-1 (RFC 5737) is nobody's.
  await assert.rejects(ownAddress(SERIAL, "192.0.2.77"), /it is no address of this computer/);
});
