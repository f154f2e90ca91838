import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import tls, { type ConnectionOptions } from "node:tls";
import fc from "fast-check";
import {
  ClientHelloError,
  MAX_CLIENT_HELLO_BYTES,
  parseClientHello,
  type ClientHello,
} from "../../scripts/cloud/client-hello.ts";
import { listenOnLoopback } from "../../scripts/cloud/loopback.ts";

/** Gives the bytes that node's own TLS client opens a connection with. */
async function realHello(options: ConnectionOptions): Promise<Buffer> {
  let settle: (bytes: Buffer) => void;
  const arrived = new Promise<Buffer>((resolve) => (settle = resolve));
  const server = net.createServer((socket) => socket.once("data", (bytes) => settle(bytes)));
  const { port, stop } = await listenOnLoopback(server);
  const client = tls.connect({ host: "127.0.0.1", port, ...options }).on("error", () => undefined);
  const bytes = await arrived;
  client.destroy();
  await stop();
  return bytes;
}

const hello12 = await realHello({
  servername: "www.howsmyssl.com",
  maxVersion: "TLSv1.2",
  ciphers: "AES128-GCM-SHA256:DHE-RSA-AES256-SHA",
});
const hello13 = await realHello({ servername: "login.example.com", minVersion: "TLSv1.3" });
const withoutName = await realHello({ servername: "", maxVersion: "TLSv1.2" });

function parsed(bytes: Buffer): ClientHello {
  const hello = parseClientHello(bytes);
  assert.ok(hello, "more bytes wanted");
  return hello;
}

/** The ClientHello of `bytes`, cut into records of `size` bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 0xff]), fragment);
  }
  return Buffer.concat(records);
}

/** A one-record ClientHello with the given body. */
function helloWith(body: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 0xff]), body]);
  return inRecords(Buffer.concat([Buffer.alloc(5), message]), 16_000);
}

/** TLS 1.2, an all-zero random, no session id, then `rest`. */
function bodyWith(rest: number[]): Buffer {
  return Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([0, ...rest])]);
}

const ONE_SUITE = [0, 2, 0, 0x9c];
const NO_COMPRESSION = [1, 0];

test("a TLS 1.2 hello is read as the client made it", () => {
  const hello = parsed(hello12);
  assert.equal(hello.version, 0x0303);
  assert.equal(hello.random.length, 32);
  assert.deepEqual(hello.cipherSuites, [0x009c, 0x0039, 0x00ff]);
  assert.deepEqual(hello.compressionMethods, [0]);
  assert.equal(hello.serverName, "www.howsmyssl.com");
  assert.deepEqual(hello.supportedVersions, []);
  assert.ok(hello.signatureAlgorithms.includes(0x0401));
  assert.equal(hello.sessionTicket, true);
});

test("a TLS 1.3 hello names its versions and groups", () => {
  const hello = parsed(hello13);
  assert.deepEqual(hello.supportedVersions, [0x0304]);
  assert.ok(hello.supportedGroups.includes(0x001d));
  assert.equal(hello.serverName, "login.example.com");
});

test("a hello without a name has none", () => assert.equal(parsed(withoutName).serverName, undefined));

test("extensions may be left out altogether", () => {
  const hello = parsed(helloWith(bodyWith([...ONE_SUITE, ...NO_COMPRESSION])));
  assert.deepEqual([hello.extensions, hello.cipherSuites], [[], [0x9c]]);
});

test("every cut of a hello wants more, and the whole gives the same however it is cut into records", () => {
  for (const bytes of [hello12, hello13]) {
    for (let end = 0; end < bytes.length; end += 1) assert.equal(parseClientHello(bytes.subarray(0, end)), undefined);
    for (const size of [1, 2, 7, 100]) assert.deepEqual(parseClientHello(inRecords(bytes, size)), parsed(bytes));
  }
});

test("what follows a whole hello does not matter", () => {
  const earlyData = Buffer.from([23, 3, 3, 0, 1, 0]);
  assert.deepEqual(parseClientHello(Buffer.concat([hello13, earlyData])), parsed(hello13));
});

const refused: [what: string, bytes: Buffer, message: RegExp][] = [
  ["plain HTTP", Buffer.from("GET / HTTP/1.0\r\n\r\n"), /Record is of type 71/],
  ["an alert", Buffer.from([21, 3, 3, 0, 2, 2, 40]), /Record is of type 21/],
  ["an empty record", Buffer.from([22, 3, 1, 0, 0]), /empty/],
  ["another message", Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]), /type 2, not 1/],
  ["a hello that would be huge", Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]), /16777215 bytes is too long/],
  ["another record inside", Buffer.concat([inRecords(hello12, 9).subarray(0, 14), Buffer.from([23, 3, 3])]), /type 23/],
  ["an empty body", helloWith(Buffer.alloc(0)), /ends 2 bytes early/],
  ["no cipher suite", helloWith(bodyWith([0, 0, ...NO_COMPRESSION])), /no cipher suite/],
  ["an odd list of suites", helloWith(bodyWith([0, 3, 0, 0x9c, 0, ...NO_COMPRESSION])), /cipher suites ends 1 bytes/],
  ["no compression method", helloWith(bodyWith([...ONE_SUITE, 0])), /no compression method/],
  ["a byte too many", helloWith(bodyWith([...ONE_SUITE, ...NO_COMPRESSION, 0, 0, 9])), /1 bytes too many/],
  [
    "an extension sent twice",
    helloWith(bodyWith([...ONE_SUITE, ...NO_COMPRESSION, 0, 8, 0, 35, 0, 0, 0, 35, 0, 0])),
    /Extension 35 was sent twice/,
  ],
  [
    "an empty server name",
    helloWith(bodyWith([...ONE_SUITE, ...NO_COMPRESSION, 0, 9, 0, 0, 0, 5, 0, 3, 0, 0, 0])),
    /Server name is empty/,
  ],
];
for (const [what, bytes, message] of refused) {
  test(`refuses ${what}`, () => {
    const isOurs = (error: unknown): boolean => error instanceof ClientHelloError && message.test(error.message);
    assert.throws(() => parseClientHello(bytes), isOurs);
  });
}

/** Runs the parser; anything but its own error fails the test. */
function isTotalOn(bytes: Uint8Array): void {
  try {
    parseClientHello(Buffer.from(bytes));
  } catch (error) {
    if (!(error instanceof ClientHelloError)) throw error;
  }
}

test("no bytes make it fail in any other way", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), isTotalOn));
  const change = fc.tuple(fc.nat(hello13.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(hello13);
      for (const [at, value] of changes) bytes[at] = value;
      isTotalOn(bytes);
    }),
  );
});

test("it never waits for more than its limit", () => {
  const endless = Buffer.alloc(5 + 4 + MAX_CLIENT_HELLO_BYTES);
  Buffer.from([22, 3, 1, 0xff, 0xff, 1, 0, MAX_CLIENT_HELLO_BYTES >> 8, 0]).copy(endless);
  assert.throws(() => parseClientHello(endless), ClientHelloError);
});
