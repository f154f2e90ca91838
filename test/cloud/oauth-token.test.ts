import assert from "node:assert/strict";
import { once } from "node:events";
import https from "node:https";
import type { IncomingMessage } from "node:http";
import { after, test } from "node:test";
import tls from "node:tls";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { OAUTH_HOST, startOAuthToken } from "../../scripts/cloud/oauth-token.ts";
import { exchange, type Exchange } from "./raw-client.ts";
import { tapRecords } from "./record-tap.ts";

const credentials = {
  clientId: "board-1",
  clientSecret: "s3cret-\u00e9\u20ac\u{1f512}",
  audience: "https://api.example.com/",
};
const RIGHT = {
  client_id: credentials.clientId,
  client_secret: credentials.clientSecret,
  audience: credentials.audience,
  grant_type: "client_credentials",
};
const RIGHT_BYTES = Buffer.byteLength(JSON.stringify(RIGHT));

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [OAUTH_HOST] });
const log: string[] = [];
const service = await startOAuthToken(issued, credentials, { log: (line) => log.push(line) });
/** For requests that stop half-way; the other one is patient, so that a busy computer fails no test. */
const hasty = await startOAuthToken(issued, credentials, { headTimeoutMs: 300, bodyTimeoutMs: 300 });
const secure = { ca: authority.pem, servername: OAUTH_HOST };
after(() => Promise.all([service.stop(), hasty.stop()]));

interface Parts {
  line?: string;
  /** Overrides by name; undefined leaves the header out. */
  headers?: Record<string, string | undefined>;
  body?: string | Buffer;
}

/** The request of a good client, with what the test changes. */
function request(parts: Parts = {}): Buffer {
  const body = Buffer.from(parts.body ?? JSON.stringify(RIGHT));
  const headers: Record<string, string | undefined> = {
    Host: OAUTH_HOST,
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    ...parts.headers,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const line = parts.line ?? "POST /oauth/token HTTP/1.0";
  return Buffer.concat([Buffer.from(`${line}\r\n${lines.join("")}\r\n`, "latin1"), body]);
}

function send(parts?: Parts): Promise<Exchange> {
  return exchange(service.port, request(parts), secure);
}

function jsonOf(answer: Exchange): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>;
}

test("the right request gets a token that nobody may store", async () => {
  const answer = await send();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers["content-type"], "application/json");
  const { access_token, ...rest } = jsonOf(answer);
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 86_400 });
  assert.match(String(access_token), /^[\w-]{40,}$/);
});

test("it keeps the very bytes it was sent, and the server name", async () => {
  const sent = request({ line: "POST /oauth/token HTTP/1.1", headers: { "X-Note": "caf\xe9" } });
  await exchange(service.port, sent, secure);
  const received = service.requests.at(-1);
  assert.ok(received);
  assert.deepEqual(Buffer.concat([received.headBytes, received.bodyBytes]), sent);
  assert.deepEqual([received.serverName, received.status], [OAUTH_HOST, 200]);
});

test("it serves node's own client, and ends with close_notify", async () => {
  const tap = await tapRecords(service.port);
  const options = { host: "127.0.0.1", port: tap.port, method: "POST", path: "/oauth/token", agent: false, ...secure };
  const headers = { host: OAUTH_HOST, "content-type": "application/json; charset=utf-8" };
  const outgoing = https.request({ ...options, headers, maxVersion: "TLSv1.2" });
  outgoing.end(JSON.stringify(RIGHT));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const closed = once(response, "close");
  response.resume();
  await closed;
  assert.equal(response.statusCode, 200);
  assert.equal(tap.serverRecords().at(-1), 21);
  await tap.stop();
});

const json = (changes: Record<string, unknown>): Parts => ({ body: JSON.stringify({ ...RIGHT, ...changes }) });
const length = (text: string | undefined): Parts => ({ headers: { "Content-Length": text } });
const refused: [what: string, parts: Parts, status: number, error: string][] = [
  ["another path", { line: "POST /oauth HTTP/1.0" }, 404, "not_found"],
  ["another method", { line: "GET /oauth/token HTTP/1.0" }, 405, "invalid_request"],
  ["another HTTP", { line: "POST /oauth/token HTTP/2.0" }, 400, "invalid_request"],
  ["no Host", { headers: { Host: undefined } }, 400, "invalid_request"],
  ["no Host, HTTP/1.1", { line: "POST /oauth/token HTTP/1.1", headers: { Host: undefined } }, 400, "invalid_request"],
  ["two Hosts", { headers: { host: OAUTH_HOST } }, 400, "invalid_request"],
  ["a foreign Host", { headers: { Host: "www.example.com" } }, 421, "invalid_request"],
  ["a foreign port in Host", { headers: { Host: `${OAUTH_HOST}:8443` } }, 421, "invalid_request"],
  ["no Content-Type", { headers: { "Content-Type": undefined } }, 415, "invalid_request"],
  ["a form", { headers: { "Content-Type": "application/x-www-form-urlencoded" } }, 415, "invalid_request"],
  ["another charset", { headers: { "Content-Type": "application/json; charset=latin1" } }, 415, "invalid_request"],
  ["no Content-Length", length(undefined), 411, "invalid_request"],
  ["a Content-Length in letters", length("abc"), 400, "invalid_request"],
  ["a Content-Length that is too small", length("20"), 400, "invalid_request"],
  ["a Content-Length without the last byte", length(String(RIGHT_BYTES - 1)), 400, "invalid_request"],
  ["a Content-Length counted in characters", length(String(JSON.stringify(RIGHT).length)), 400, "invalid_request"],
  ["a body over 4 KB", { body: " ".repeat(4_097) }, 413, "invalid_request"],
  ["Transfer-Encoding too", { headers: { "Transfer-Encoding": "chunked" } }, 400, "invalid_request"],
  ["an empty body", { body: "" }, 400, "invalid_request"],
  ["no JSON", { body: "{" }, 400, "invalid_request"],
  ["no object", { body: "[]" }, 400, "invalid_request"],
  ["bytes that are no UTF-8", { body: Buffer.from(JSON.stringify(RIGHT), "latin1") }, 400, "invalid_request"],
  ["a field too few", json({ audience: undefined }), 400, "invalid_request"],
  ["a number for a field", json({ client_id: 5 }), 400, "invalid_request"],
  ["another grant", json({ grant_type: "password" }), 400, "unsupported_grant_type"],
  ["a wrong secret", json({ client_secret: "wrong" }), 401, "invalid_client"],
  ["a wrong id", json({ client_id: "wrong" }), 401, "invalid_client"],
  ["an unknown audience", json({ audience: "https://other.example.com/" }), 403, "access_denied"],
  ["a header line without colon", { headers: { "X\r\nbroken line\r\nY": "z" } }, 400, "invalid_request"],
  ["a head without end", { headers: { X: "y".repeat(9_000) } }, 431, "invalid_request"],
];
for (const [what, parts, status, error] of refused) {
  test(`${what}: ${status} ${error}`, async () => {
    const answer = await send(parts);
    assert.equal(answer.status, status, answer.bytes.toString());
    assert.equal(jsonOf(answer).error, error);
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(service.requests.at(-1)?.status, status);
  });
}

test("405 and 401 say what is wanted", async () => {
  const wrongMethod = await send({ line: "PUT /oauth/token HTTP/1.1" });
  assert.equal(wrongMethod.headers.allow, "POST");
  const wrongSecret = await send(json({ client_secret: "x" }));
  assert.match(wrongSecret.headers["www-authenticate"] ?? "", /^Basic realm=/);
});

test("lines that end with a bare LF are refused at once", async () => {
  const answer = await exchange(service.port, `POST /oauth/token HTTP/1.0\nHost: ${OAUTH_HOST}\n\n`, secure);
  assert.equal(answer.status, 400);
});

test("a head or a body that stops is answered 408, no sooner than it may", async () => {
  for (const bytes of ["POST /oauth/token HTTP/1.0\r\nHo", request(length("400"))]) {
    const startMs = performance.now();
    const answer = await exchange(hasty.port, bytes, secure);
    assert.equal(answer.status, 408);
    assert.ok(performance.now() - startMs >= 299);
    assert.equal(jsonOf(answer).error, "invalid_request");
  }
});

test("a request in single bytes is served", async () => {
  const bytes = request();
  const socket = tls.connect({ host: "127.0.0.1", port: service.port, ...secure }, () => {
    for (const byte of bytes) socket.write(Buffer.from([byte]));
  });
  const chunks: Buffer[] = await socket.toArray();
  assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 200 OK\r\n/);
});

test("clients that leave, reset or speak no TLS do not disturb it", async () => {
  const leaver = tls.connect({ host: "127.0.0.1", port: service.port, ...secure }, () => {
    leaver.write(request().subarray(0, 100), () => leaver.destroy());
  });
  await once(leaver, "close");
  await exchange(service.port, "POST /oauth/token HTTP/1.0\r\n\r\n");
  await exchange(service.port, Buffer.alloc(3_000, 0xff));
  assert.equal((await send()).status, 200);
});

const wrongNames: [what: string, servername: string | undefined][] = [
  ["another name", "other.example.com"],
  ["the firmware's name", "mbed TLS Server 1"],
  ["no name", undefined],
];
for (const [what, servername] of wrongNames) {
  test(`${what} (SNI): an alert right after the ClientHello, and no certificate`, async () => {
    const tap = await tapRecords(service.port);
    const served = service.requests.length;
    const answer = await exchange(tap.port, request(), { ca: authority.pem, ...(servername && { servername }) });
    assert.equal(answer.errorCode, "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
    assert.deepEqual(tap.serverBytes(), Buffer.from([21, 3, 3, 0, 2, 2, 40]));
    assert.equal(service.refusedNames.at(-1), servername);
    assert.equal(service.requests.length, served);
    assert.match(log.at(-1)!, /^oauth: server name .*refused with an alert$/);
    await tap.stop();
  });
}

test("the right name is taken in any case", async () => {
  const answer = await exchange(service.port, request(), { ...secure, servername: OAUTH_HOST.toUpperCase() });
  assert.equal(answer.status, 200);
});

test("it can be told to take any name, or none", async () => {
  const lenient = await startOAuthToken(issued, credentials, { anyServerName: true });
  const checkServerIdentity = (): undefined => undefined;
  for (const name of [{ servername: "other.example.com" }, {}]) {
    const answer = await exchange(lenient.port, request(), { ca: authority.pem, checkServerIdentity, ...name });
    assert.equal(answer.status, 200);
  }
  assert.deepEqual(lenient.requests.map(({ serverName }) => serverName), ["other.example.com", undefined]);
  assert.deepEqual(lenient.refusedNames, []);
  await lenient.stop();
});

test("after so many tokens it answers 429 with Retry-After; wrong requests are not counted", async () => {
  const limited = await startOAuthToken(issued, credentials, { rateLimit: { requests: 1, retryAfterS: 30 } });
  const statusOf = async (parts?: Parts): Promise<number> => (await exchange(limited.port, request(parts), secure)).status;
  assert.equal(await statusOf(json({ client_secret: "wrong" })), 401);
  assert.equal(await statusOf(), 200);
  const answer = await exchange(limited.port, request(), secure);
  assert.deepEqual([answer.status, jsonOf(answer).error], [429, "too_many_requests"]);
  assert.ok(Number(answer.headers["retry-after"]) > 20 && Number(answer.headers["retry-after"]) <= 30);
  await limited.stop();
});

test("HEAD is refused with a head alone", async () => {
  const answer = await send({ line: "HEAD /oauth/token HTTP/1.1" });
  assert.deepEqual([answer.status, answer.body], [405, ""]);
  assert.ok(Number(answer.headers["content-length"]) > 0);
});

test("neither the log nor an answer repeats a secret", async () => {
  const answers = await Promise.all([send(json({ grant_type: 5 })), send({ body: `{"client_secret":"s3cret-` })]);
  for (const text of [...log, ...answers.map(({ body }) => body)]) assert.doesNotMatch(text, /s3cret/);
  assert.match(log.join("\n"), /^oauth: "POST \/oauth\/token HTTP\/1\.0" and \d+ bytes of body: 200$/m);
});

test("it can reject credentials that are right, and stay silent", async () => {
  const rejecting = await startOAuthToken(issued, credentials, { rejectCredentials: true });
  assert.equal((await exchange(rejecting.port, request(), secure)).status, 401);
  await rejecting.stop();

  let heard: () => void;
  const received = new Promise<void>((resolve) => (heard = resolve));
  const silent = await startOAuthToken(issued, credentials, { silent: true, log: () => heard() });
  const pending = exchange(silent.port, request(), secure);
  await received;
  assert.equal(silent.requests[0]?.status, undefined);
  await silent.stop();
  assert.equal((await pending).bytes.length, 0);
});
