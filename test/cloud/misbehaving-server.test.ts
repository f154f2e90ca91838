import assert from "node:assert/strict";
import { once } from "node:events";
import net, { type Socket } from "node:net";
import { test } from "node:test";
import tls from "node:tls";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { MISBEHAVIOURS, type MisbehaviourName } from "../../scripts/cloud/misbehaviours.ts";
import { startMisbehavingServer, type MisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { exchange } from "./raw-client.ts";
import { tapRecords } from "./record-tap.ts";

const HOST = "www.example.com";
const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [HOST] });
const secure = { ca: authority.pem, servername: HOST, maxVersion: "TLSv1.2" } as const;
const REQUEST = `GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`;

async function withServer(
  how: MisbehaviourName,
  encrypted: boolean,
  use: (server: MisbehavingServer) => Promise<void>,
): Promise<void> {
  const server = await startMisbehavingServer(how, { ...(encrypted && { issued }), dripIntervalMs: 5 });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

interface Client {
  socket: Socket;
  text: () => string;
  until: (text: string) => Promise<void>;
}

/** Connects, sends a request, and gives the socket with what it receives. */
function request(port: number, encrypted: boolean): Client {
  const where = { host: "127.0.0.1", port };
  const socket = encrypted ? tls.connect({ ...where, ...secure }) : net.connect(where);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1"))).on("error", () => undefined);
  socket.write(REQUEST);
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) await once(socket, "data");
  };
  return { socket, text: () => text, until };
}

/** Resolves when the socket is closed, in order or not. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on("close", () => resolve()));
}

const TRANSPORTS = [["TLS", true], ["plain", false]] as const;

for (const [name, encrypted] of TRANSPORTS) {
  test(`${name}: silent sends nothing at all`, () =>
    withServer("silent", encrypted, async (server) => {
      const tap = await tapRecords(server.port);
      const { socket } = request(tap.port, encrypted);
      while (server.received[0] === undefined || server.received[0].length === 0) await new Promise(setImmediate);
      assert.deepEqual(tap.serverRecords(), []);
      const closed = closing(socket);
      await server.stop();
      await closed;
      await tap.stop();
    }));

  test(`${name}: never-answers takes the request and keeps the connection`, () =>
    withServer("never-answers", encrypted, async (server) => {
      const { socket, text } = request(server.port, encrypted);
      while (server.received[0]?.toString() !== REQUEST) await new Promise(setImmediate);
      assert.equal(server.openConnections(), 1);
      const closed = closing(socket);
      await server.stop();
      await closed;
      assert.equal(text(), "");
    }));

  test(`${name}: the head drips and never ends`, () =>
    withServer("drips-head", encrypted, async (server) => {
      const { socket, text, until } = request(server.port, encrypted);
      await until("X-Drip: ....");
      assert.equal(text().includes("\r\n\r\n"), false);
      socket.destroy();
    }));

  test(`${name}: the body drips`, () =>
    withServer("drips-body", encrypted, async (server) => {
      const { socket, until } = request(server.port, encrypted);
      await until("\r\n\r\n....");
      socket.destroy();
    }));

  for (const [how, last] of [["stops-in-head", "text/plain\r\n"], ["stops-in-body", "0123456789"]] as const) {
    test(`${name}: ${how} sends that much and stays`, () =>
      withServer(how, encrypted, async (server) => {
        const { socket, text, until } = request(server.port, encrypted);
        await until(last);
        assert.equal(text(), MISBEHAVIOURS[how].answer);
        assert.equal(socket.readableEnded, false);
        socket.destroy();
      }));
  }

  test(`${name}: closes-in-body ends in order, too early`, () =>
    withServer("closes-in-body", encrypted, async ({ port }) => {
      const answer = await exchange(port, REQUEST, encrypted ? secure : undefined);
      assert.deepEqual([answer.body, answer.errorCode], ["0123456789", undefined]);
    }));

  for (const how of ["resets-before-answer", "resets-in-body"] as const) {
    test(`${name}: ${how}`, () =>
      withServer(how, encrypted, async ({ port }) => {
        const answer = await exchange(port, REQUEST, encrypted ? secure : undefined);
        assert.equal(answer.errorCode, "ECONNRESET");
      }));
  }

  test(`${name}: closes-before-answer`, () =>
    withServer("closes-before-answer", encrypted, async ({ port }) => {
      const answer = await exchange(port, REQUEST, encrypted ? secure : undefined);
      assert.deepEqual([answer.bytes.length, answer.errorCode], [0, undefined]);
    }));
}

test("TLS: a clean close ends with an alert, closes-without-notify does not", async () => {
  const lastRecords: (number | undefined)[] = [];
  for (const how of ["closes-in-body", "closes-without-notify"] as const) {
    await withServer(how, true, async (server) => {
      const tap = await tapRecords(server.port);
      const answer = await exchange(tap.port, REQUEST, secure);
      assert.equal(answer.body, "0123456789");
      lastRecords.push(tap.serverRecords().at(-1));
      await tap.stop();
    });
  }
  assert.deepEqual(lastRecords, [21, 23]);
});

test("TLS: stops-in-handshake sends a part of its first flight and no more", () =>
  withServer("stops-in-handshake", true, async (server) => {
    const raw = net.connect(server.port, "127.0.0.1");
    const client = tls.connect({ socket: raw, ...secure }, () => assert.fail("handshake finished"));
    client.on("error", () => undefined);
    while (raw.bytesRead < 400) await new Promise(setImmediate);
    assert.equal(raw.bytesRead, 400);
    assert.equal(server.received[0]?.length, 0);
    client.destroy();
  }));

test("TLS: resets-in-handshake", () =>
  withServer("resets-in-handshake", true, async ({ port }) => {
    const answer = await exchange(port, REQUEST, secure);
    assert.equal(answer.errorCode, "ECONNRESET");
  }));

test("a behaviour of one's own is data too", async () => {
  const server = await startMisbehavingServer({ handshake: "whole", answer: "SSH-2.0\r\n", then: "closes" });
  assert.equal((await exchange(server.port, REQUEST)).bytes.toString(), "SSH-2.0\r\n");
  await server.stop();
});

test("a plain server has no handshake to stop in", async () => {
  await assert.rejects(startMisbehavingServer("stops-in-handshake"), /needs `issued`/);
});

test("stop() ends what drips, and the process can end", () =>
  withServer("drips-body", true, async (server) => {
    const { socket, until } = request(server.port, true);
    await until("....");
    const closed = closing(socket);
    await server.stop();
    await closed;
    assert.equal(server.openConnections(), 0);
  }));
