import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { after, test } from "node:test";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { EXAMPLE_HOST, LARGE_BYTES, PAGE, startExamplePage } from "../../scripts/cloud/example-page.ts";
import { exchange, type Exchange } from "./raw-client.ts";
import { tapRecords } from "./record-tap.ts";

const authority = await createAuthority();
const service = await startExamplePage(await issueCertificate(authority, { names: [EXAMPLE_HOST] }));
const secure = { ca: authority.pem, servername: EXAMPLE_HOST };
after(() => service.stop());

function send(requestLine: string, host: string | null = EXAMPLE_HOST): Promise<Exchange> {
  return exchange(service.port, `${requestLine}\r\n${host === null ? "" : `Host: ${host}\r\n`}\r\n`, secure);
}

/** With node's own client, which checks the framing. */
async function get(path: string, method = "GET"): Promise<{ response: IncomingMessage; body: Buffer }> {
  const options = { host: "127.0.0.1", port: service.port, path, method, agent: false, ...secure };
  const request = https.request({ ...options, headers: { host: EXAMPLE_HOST } }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { response, body: Buffer.concat(await response.toArray()) };
}

test("the page comes chunked, with a trailer", async () => {
  const { response, body } = await get("/");
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(response.headers["transfer-encoding"], "chunked");
  assert.equal(response.headers["content-length"], undefined);
  assert.equal(body.toString(), PAGE);
  assert.ok(body.length > PAGE.length, "there are characters of several bytes");
  assert.equal(response.trailers["x-end"], "reached");
});

test("chunks differ in size, cut characters in two, and some have an extension", async () => {
  const { body } = await send("GET / HTTP/1.1");
  const sizes = [...body.matchAll(/(?:^|\r\n)([0-9a-f]+)(;page=example)?\r\n/g)];
  assert.ok(new Set(sizes.map(([, size]) => size)).size >= 4);
  assert.ok(sizes.some(([, , extension]) => extension) && sizes.some(([, , extension]) => !extension));
  assert.match(body, /\xc3\r\n[0-9a-f]+(;page=example)?\r\n[\x80-\xbf]|\xe2\r\n|\xe2[\x80-\xbf]\r\n/);
  assert.ok(body.endsWith("\r\n0\r\nX-End: reached\r\n\r\n"));
});

test("the large text is complete to the byte, chunked and not", async () => {
  const { body } = await get("/large");
  assert.equal(body.length, LARGE_BYTES);
  const lines = body.toString().trimEnd().split("\n");
  assert.ok(lines.every((line, index) => line.startsWith(`Line ${String(index + 1).padStart(6, "0")} `)));
  const old = await send("GET /large HTTP/1.0");
  assert.equal(old.bytes.length - old.bytes.indexOf("\r\n\r\n") - 4, LARGE_BYTES);
});

test("HTTP/1.0 gets no chunks, and the connection's end for the body's", async () => {
  const answer = await send("GET / HTTP/1.0");
  assert.equal(answer.headers["transfer-encoding"], undefined);
  assert.equal(answer.headers["content-length"], undefined);
  assert.equal(answer.headers.connection, "close");
  assert.equal(Buffer.from(answer.body, "latin1").toString(), PAGE);
});

test("HEAD gets the same head and nothing behind it", async () => {
  const answer = await send("HEAD /large HTTP/1.1");
  assert.deepEqual([answer.status, answer.headers["transfer-encoding"], answer.body], [200, "chunked", ""]);
  assert.ok(answer.bytes.toString().endsWith("\r\n\r\n"));
  assert.equal((await get("/", "HEAD")).body.length, 0);
});

test("it ends with close_notify", async () => {
  const tap = await tapRecords(service.port);
  await exchange(tap.port, `GET / HTTP/1.1\r\nHost: ${EXAMPLE_HOST}\r\n\r\n`, { ...secure, maxVersion: "TLSv1.2" });
  assert.equal(tap.serverRecords().at(-1), 21);
  await tap.stop();
});

const refused: [what: string, requestLine: string, host: string | null, status: number][] = [
  ["no Host, HTTP/1.1", "GET / HTTP/1.1", null, 400],
  ["no Host, HTTP/1.0", "GET / HTTP/1.0", null, 400],
  ["another Host", "GET / HTTP/1.1", "127.0.0.1", 421],
  ["another path", "GET /small HTTP/1.1", EXAMPLE_HOST, 404],
  ["another method", "PUT / HTTP/1.1", EXAMPLE_HOST, 405],
  ["no HTTP", "GET /", EXAMPLE_HOST, 400],
];
for (const [what, requestLine, host, status] of refused) {
  test(`${what}: ${status}`, async () => {
    const answer = await send(requestLine, host);
    assert.equal(answer.status, status);
    assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(Number(answer.headers["content-length"]), answer.body.length);
  });
}

test("a client that leaves in the middle does not disturb it", async () => {
  const options = { host: "127.0.0.1", port: service.port, path: "/large", agent: false, ...secure };
  const request = https.get({ ...options, headers: { host: EXAMPLE_HOST } });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  response.destroy();
  assert.equal((await send("GET / HTTP/1.0")).status, 200);
});
