import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { after, test } from "node:test";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { combinedStatus, COMMIT_STATES } from "../../scripts/cloud/combined-status.ts";
import { GITHUB_DEFAULTS, GITHUB_HOST, startGitHub, type GitHub, type GitHubOptions } from "../../scripts/cloud/github.ts";
import { exchange, type Exchange } from "./raw-client.ts";

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [GITHUB_HOST] });
const service = await startGitHub(issued);
const secure = { ca: authority.pem, servername: GITHUB_HOST };
const PATH = "/repos/esp8266/Arduino/commits/master/status";
after(() => service.stop());

function send(requestLine: string, headers: Record<string, string | undefined> = {}, to: GitHub = service): Promise<Exchange> {
  const lines = Object.entries({ Host: GITHUB_HOST, "User-Agent": "board", ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return exchange(to.port, `${requestLine}\r\n${lines.join("")}\r\n`, secure);
}

async function withService(options: GitHubOptions, use: (server: GitHub) => Promise<void>): Promise<void> {
  const server = await startGitHub(issued, options);
  await use(server).finally(() => server.stop());
}

interface Document {
  state: string;
  statuses: { state: string; id: number; context: string; description: string }[];
  total_count: number;
  repository: { full_name: string };
}

test("node's own client gets a chunked document of the real one's shape, over 100 KB", async () => {
  const options = { host: "127.0.0.1", port: service.port, path: PATH, agent: false, ...secure };
  const request = https.get({ ...options, headers: { host: GITHUB_HOST, "user-agent": "node" } });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = Buffer.concat(await response.toArray());
  assert.equal(response.headers["transfer-encoding"], "chunked");
  assert.equal(response.headers["content-type"], "application/json; charset=utf-8");
  assert.ok(Number(response.headers["x-ratelimit-remaining"]) > 0);
  assert.ok(body.length > 100_000 && body.length < 125_000, `${body.length} bytes`);
  const document = JSON.parse(body.toString()) as Document;
  assert.deepEqual(Object.keys(document), ["statuses", "sha", "total_count", "repository", "commit_url", "url", "state"]);
  assert.equal(document.state, "success");
  assert.equal(document.repository.full_name, "esp8266/Arduino");
  assert.equal(document.total_count, document.statuses.length);
  assert.deepEqual([...new Set(document.statuses.map(({ state }) => state))].sort(), ["error", "failure", "pending"]);
});

test("HTTP/1.0 gets it without chunks, HEAD only its head", async () => {
  const old = await send(`GET ${PATH} HTTP/1.0`);
  assert.equal(old.headers["transfer-encoding"], undefined);
  assert.equal((JSON.parse(old.body) as Document).state, "success");
  const head = await send(`HEAD ${PATH} HTTP/1.1`);
  assert.deepEqual([head.status, head.body], [200, ""]);
});

for (const state of COMMIT_STATES) {
  test(`no single status has the whole's state "${state}", wherever that stands`, () => {
    for (const stateAt of ["start", "end"] as const) {
      const text = Buffer.concat([...combinedStatus({ ...GITHUB_DEFAULTS, state, stateAt, bytes: 5_000 })]).toString();
      const document = JSON.parse(text) as Document;
      assert.equal(document.state, state);
      assert.ok(document.statuses.every((each) => each.state !== state));
      assert.equal(Object.keys(document).indexOf("state"), stateAt === "start" ? 0 : 6);
      assert.ok(text.includes(`\\"state\\": \\"${state}\\"`), "and texts quote it");
    }
  });
}

test("it is as long as asked, and made piece by piece", () => {
  for (const bytes of [5_000, 20_000, 1_000_000, 5_000_000]) {
    let length = 0;
    for (const piece of combinedStatus({ ...GITHUB_DEFAULTS, bytes })) {
      assert.ok(piece.length < 2_000);
      length += piece.length;
    }
    assert.ok(length >= bytes && length < bytes + 2_000, `${length} of ${bytes}`);
  }
  const endless = combinedStatus({ ...GITHUB_DEFAULTS, bytes: Infinity })[Symbol.iterator]();
  assert.match(String(endless.next().value), /^\{"statuses":\[\{"url":/);
});

test("options choose commit, state and place", () =>
  withService({ owner: "me", repo: "board", ref: "v1.0", state: "failure", stateAt: "start", bytes: 6_000 }, async (server) => {
    const { body, status } = await send("GET /repos/Me/board/commits/v1.0/status HTTP/1.0", {}, server);
    assert.equal(status, 200);
    assert.ok(body.startsWith('{"state":"failure","statuses":['));
    assert.equal((await send(`GET ${PATH} HTTP/1.0`, {}, server)).status, 404);
  }));

const refused: [what: string, requestLine: string, headers: Record<string, string | undefined>, status: number, message: RegExp][] = [
  ["no Host", `GET ${PATH} HTTP/1.1`, { Host: undefined }, 400, /Host is missing/],
  ["another repository", "GET /repos/esp8266/Other/commits/master/status HTTP/1.1", {}, 404, /^Not Found$/],
  ["another path", "GET /repos/esp8266/Arduino HTTP/1.1", {}, 404, /^Not Found$/],
  ["another method", `POST ${PATH} HTTP/1.1`, {}, 404, /^Not Found$/],
  ["an unknown ref", "GET /repos/esp8266/Arduino/commits/nonsense/status HTTP/1.1", {}, 422, /^No commit found for SHA: nonsense$/],
];
for (const [what, requestLine, headers, status, message] of refused) {
  test(`${what}: ${status}`, async () => {
    const answer = await send(requestLine, headers);
    assert.equal(answer.status, status);
    const body = JSON.parse(answer.body) as Record<string, string>;
    assert.deepEqual(Object.keys(body), ["message", "documentation_url", "status"]);
    assert.match(body.message!, message);
  });
}

for (const agent of [undefined, ""]) {
  test(`${agent === undefined ? "no" : "an empty"} User-Agent: 403, in text`, async () => {
    const answer = await send(`GET ${PATH} HTTP/1.1`, { "User-Agent": agent });
    assert.deepEqual([answer.status, answer.headers["content-type"]], [403, "text/html"]);
    assert.match(answer.body, /^\r\nRequest forbidden by administrative rules\. Please make sure your request has a User-Agent header/);
  });
}

test("of tokens only the right one is taken; none is needed", () =>
  withService({ token: "ghp_right", bytes: 5_000 }, async (server) => {
    const statusWith = async (Authorization?: string): Promise<number> =>
      (await send(`GET ${PATH} HTTP/1.0`, { Authorization }, server)).status;
    assert.equal(await statusWith("Bearer ghp_right"), 200);
    assert.equal(await statusWith("token ghp_right"), 200);
    assert.equal(await statusWith(), 200);
    assert.equal(await statusWith("Bearer ghp_wrong"), 401);
    assert.equal(await statusWith("Basic ghp_right"), 401);
  }));

test("over the rate limit it answers 403 and says when to come again", () =>
  withService({ rateLimit: { requests: 1, retryAfterS: 60 }, bytes: 5_000 }, async (server) => {
    assert.equal((await send(`GET ${PATH} HTTP/1.0`, {}, server)).status, 200);
    const { status, headers, body } = await send(`GET ${PATH} HTTP/1.0`, {}, server);
    assert.deepEqual([status, headers["x-ratelimit-remaining"], headers["x-ratelimit-used"]], [403, "0", "60"]);
    assert.ok(Number(headers["retry-after"]) > 50 && Number(headers["retry-after"]) <= 60);
    assert.match(body, /"message":"API rate limit exceeded/);
  }));

test("its pin is the fingerprint of the certificate it shows", () => {
  assert.deepEqual(service.pins, [new X509Certificate(issued.der).fingerprint256.replaceAll(":", "").toLowerCase()]);
});
