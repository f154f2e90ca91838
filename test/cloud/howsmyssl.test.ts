import assert from "node:assert/strict";
import { once } from "node:events";
import https from "node:https";
import net from "node:net";
import { after, test } from "node:test";
import tls from "node:tls";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { HowsMySslReport } from "../../scripts/cloud/howsmyssl-report.ts";
import { HOWSMYSSL_HOST, startHowsMySsl } from "../../scripts/cloud/howsmyssl.ts";
import { exchange } from "./raw-client.ts";
import { tapRecords } from "./record-tap.ts";

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [HOWSMYSSL_HOST] });
const service = await startHowsMySsl(issued, { now: () => Date.UTC(2026, 0, 1) });
const secure = { ca: authority.pem, servername: HOWSMYSSL_HOST };
const REQUEST = `GET /a/check HTTP/1.0\r\nHost: ${HOWSMYSSL_HOST}\r\nConnection: close\r\n\r\n`;
after(() => service.stop());

function reportFrom(body: string): HowsMySslReport {
  return JSON.parse(body) as HowsMySslReport;
}

test("it tells a client what its own handshake offered, and that alone", async () => {
  const ciphers = "DHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256";
  const first = await exchange(service.port, REQUEST, { ...secure, maxVersion: "TLSv1.2", ciphers });
  const second = await exchange(service.port, REQUEST, { ...secure, minVersion: "TLSv1.3" });
  assert.equal(first.status, 200);
  assert.equal(first.headers["content-type"], "application/json");
  assert.equal(Number(first.headers["content-length"]), first.body.length);
  assert.deepEqual(reportFrom(first.body).given_cipher_suites, [
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
  ]);
  assert.equal(reportFrom(first.body).tls_version, "TLS 1.2");
  assert.equal(reportFrom(second.body).tls_version, "TLS 1.3");
});

test("it works for node's own https client", async () => {
  const options = { host: "127.0.0.1", port: service.port, path: "/a/check", agent: false, ...secure };
  const request = https.get({ ...options, headers: { host: HOWSMYSSL_HOST } });
  const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
  const chunks: Buffer[] = await response.toArray();
  assert.equal(reportFrom(Buffer.concat(chunks).toString()).ephemeral_keys_supported, true);
});

test("it ends with close_notify", async () => {
  const tap = await tapRecords(service.port);
  await exchange(tap.port, REQUEST, { ...secure, maxVersion: "TLSv1.2" });
  assert.equal(tap.serverRecords().at(-1), 21);
  await tap.stop();
});

test("it records the server name, or that there was none", async () => {
  await exchange(service.port, REQUEST, secure);
  await exchange(service.port, REQUEST, { ca: authority.pem, checkServerIdentity: () => undefined });
  assert.deepEqual(service.hellos.slice(-2).map((hello) => hello.serverName), [HOWSMYSSL_HOST, undefined]);
});

test("any other path is 404", async () => {
  const { status } = await exchange(service.port, "GET /a/other HTTP/1.0\r\n\r\n", secure);
  assert.equal(status, 404);
});

test("a hello that arrives byte by byte is served all the same", async () => {
  const slow = net.createServer((client) => {
    const upstream = net.connect(service.port, "127.0.0.1").setNoDelay(true);
    client.on("data", (bytes) => {
      for (const byte of bytes) upstream.write(Buffer.from([byte]));
    });
    upstream.pipe(client);
    client.on("close", () => upstream.destroy()).on("error", () => undefined);
  });
  slow.listen(0, "127.0.0.1");
  await once(slow, "listening");
  const { status } = await exchange((slow.address() as net.AddressInfo).port, REQUEST, secure);
  assert.equal(status, 200);
  slow.close();
});

test("garbage, plain HTTP and a client that leaves do not disturb it", async () => {
  await exchange(service.port, "GET / HTTP/1.0\r\n\r\n");
  await exchange(service.port, Buffer.alloc(2_000, 0x16));
  const leaver = net.connect(service.port, "127.0.0.1");
  leaver.write(Buffer.from([22, 3, 1]), () => leaver.resetAndDestroy());
  await once(leaver, "close");
  assert.equal((await exchange(service.port, REQUEST, secure)).status, 200);
});

test("silent: the handshake ends well, the answer never comes, and stop() closes what is open", async () => {
  const silent = await startHowsMySsl(issued, { silent: true, log: (line) => logged(line) });
  let logged: (line: string) => void = () => undefined;
  const seen = new Promise<string>((resolve) => (logged = resolve));
  const socket = tls.connect({ host: "127.0.0.1", port: silent.port, ...secure }, () => socket.write(REQUEST));
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk)).on("error", () => undefined);
  assert.equal(await seen, `howsmyssl: GET /a/check (server name ${HOWSMYSSL_HOST})`);
  assert.equal(silent.openConnections(), 1);
  const closed = once(socket, "close");
  await silent.stop();
  await closed;
  assert.equal(received.length, 0);
});
