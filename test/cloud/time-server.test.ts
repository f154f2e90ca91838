import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { fromNtpTimestamp } from "../../scripts/cloud/ntp-timestamp.ts";
import { startTimeServer, type TimeMisbehaviour, type TimeServerOptions } from "../../scripts/cloud/time-server.ts";

/** A client's request (RFC 4330 5): version 4, mode 3, transmit time stamp. */
function requestWith(transmit: Buffer): Buffer {
  const request = Buffer.alloc(48);
  request[0] = 0x23;
  transmit.copy(request, 40);
  return request;
}

/** Starts a server, sends it one request and gives its answer. */
async function ask(options: TimeServerOptions, request: Buffer): Promise<Buffer> {
  const server = await startTimeServer(options);
  const client = dgram.createSocket("udp4");
  client.send(request, server.port, "127.0.0.1");
  const [answer] = (await once(client, "message")) as [Buffer];
  client.close();
  await server.stop();
  return answer;
}

const transmit = randomBytes(8);

test("a right answer returns our time stamp and its own time", async () => {
  const before = Date.now();
  const answer = await ask({}, requestWith(transmit));
  const after = Date.now();
  assert.equal(answer.length, 48);
  assert.equal(answer[0], 0x24, "leap 0, version 4, mode 4");
  assert.equal(answer[1], 2, "stratum");
  assert.deepEqual(answer.subarray(24, 32), transmit);
  const received = fromNtpTimestamp(answer.subarray(32, 40));
  const sent = fromNtpTimestamp(answer.subarray(40, 48));
  assert.ok(received > before - 1 && received <= sent && sent <= after, `${before} ${received} ${sent} ${after}`);
  assert.ok(fromNtpTimestamp(answer.subarray(16, 24)) < received);
});

test("the version is answered in kind, and the offset is added", async () => {
  const request = requestWith(transmit);
  request[0] = (3 << 3) | 3;
  const answer = await ask({ offsetMs: -3_600_000 }, request);
  assert.equal(answer[0], 0x1c);
  assert.ok(Math.abs(fromNtpTimestamp(answer.subarray(40)) - (Date.now() - 3_600_000)) < 5_000);
});

test("what is no client request is not answered", async () => {
  const server = Buffer.from(requestWith(transmit));
  server[0] = 0x24;
  const good = requestWith(Buffer.alloc(8, 7));
  const time = await startTimeServer();
  const client = dgram.createSocket("udp4");
  for (const datagram of [server, Buffer.alloc(0), Buffer.alloc(47, 0x23), good]) {
    client.send(datagram, time.port, "127.0.0.1");
  }
  const [answer] = (await once(client, "message")) as [Buffer];
  assert.deepEqual(answer.subarray(24, 32), Buffer.alloc(8, 7));
  assert.equal(time.requests.length, 4);
  client.close();
  await time.stop();
  await time.stop();
});

const misbehaviours: [how: TimeMisbehaviour, check: (answer: Buffer) => void][] = [
  ["wrong-originate", (answer) => assert.notDeepEqual(answer.subarray(24, 32), transmit)],
  ["kiss-of-death", (answer) => assert.deepEqual([answer[1], answer.toString("latin1", 12, 16)], [0, "RATE"])],
  ["wrong-mode", (answer) => assert.equal(answer[0]! & 7, 5)],
  ["unsynchronised", (answer) => assert.deepEqual([answer[0]! >> 6, answer[1]], [3, 16])],
  ["zero-transmit", (answer) => assert.deepEqual(answer.subarray(40), Buffer.alloc(8))],
  ["short", (answer) => assert.equal(answer.length, 47)],
];
for (const [misbehaviour, check] of misbehaviours) {
  test(`it can answer with ${misbehaviour}`, async () => {
    const answer = await ask({ misbehaviour }, requestWith(transmit));
    check(answer);
  });
}

test("it can stay silent, having received the request", async () => {
  let received: () => void;
  const seen = new Promise<void>((resolve) => (received = resolve));
  const server = await startTimeServer({ misbehaviour: "silent", log: () => received() });
  const client = dgram.createSocket("udp4");
  client.on("message", () => assert.fail("answered"));
  client.send(requestWith(transmit), server.port, "127.0.0.1");
  await seen;
  assert.deepEqual(server.requests, [requestWith(transmit)]);
  client.close();
  await server.stop();
});
