// Where redirects lead, what goes along, and what does not, against real servers: two plain ones and two with TLS.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { after, before, describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate, type IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { assertNothingLeft, lookAt } from "./outcome.ts";

/** What a server was sent. */
interface Hop {
  server: string;
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** Common name of the client's certificate. */
  client?: string | undefined;
}

interface Seen {
  calls: number;
  callsAtOnce: number;
  heads: number[];
  streamed: string;
  tookMs: number;
  error?: { code: string; phase: string; message: string; phasesMs?: Record<string, number>; blocking?: string[]; afterMs?: number };
  response?: { statusCode: number; body: string; url: string; redirects: number; phasesMs: Record<string, number>; headers: Record<string, string> };
}

const A = "http://a.example.com";
const B = "http://b.example.com";
const SECURE_A = "https://a.example.com";
const SECURE_B = "https://b.example.com";
const TOTAL_MS = 500;
/** A redirect under way has this long for closing its socket, and a slow computer some more. */
const LATE_MS = 1_300;
const MOVED = "this body is of no interest";
/** As bytes: with a text, node would send the head as UTF-8 too. */
const MOVED_BYTES = Buffer.from(MOVED);
const LONG_LOCATION_BYTES = 9_000;
/** From the call to the end of a chain of three plain hops, on a computer that is not busy. */
const ABORTS_MS = Array.from({ length: 9 }, (_, index) => index * 4);

const authority = await createAuthority();
const certificates: Record<string, IssuedCertificate> = {
  [SECURE_A]: await issueCertificate(authority, { names: ["a.example.com"] }),
  [SECURE_B]: await issueCertificate(authority, { names: ["b.example.com"] }),
};
const client = await issueCertificate(authority, { names: ["board"], usage: "client" });

let bundle: BuiltBundle;
let hops: Hop[] = [];
const servers: LoopbackServer[] = [];
let connectTo: Record<string, string>;

before(async () => {
  const built = await buildPrograms("redirects");
  bundle = built.bundles["redirects"]!;
  connectTo = {
    "a.example.com:80": await start(A),
    "b.example.com:80": await start(B),
    "a.example.com:8080": await start(`${A}:8080`),
    "a.example.com:443": await start(SECURE_A),
    "b.example.com:443": await start(SECURE_B),
  };
});
after(async () => {
  for (const server of servers) await server.stop();
});

/** Starts one of the servers, and gives its address. */
async function start(name: string): Promise<string> {
  const listener = (request: http.IncomingMessage, response: http.ServerResponse): void => void serve(name, request, response);
  const issued = certificates[name];
  const server = issued
    ? https.createServer({ ...serverTls(issued), ca: authority.pem, requestCert: true, rejectUnauthorized: false }, listener)
    : http.createServer(listener);
  servers.push(await listenOnLoopback(server));
  return servers.at(-1)!.address;
}

/** `/to/STATUS?LOCATION` redirects; so does `/endless/STATUS?LOCATION`, with a body that never ends; `/silent` says nothing. */
async function serve(name: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { method = "", url = "", headers, socket } = request;
  const certificate = (socket as Partial<TLSSocket>).getPeerCertificate?.();
  const [path = "", query] = url.split("?");
  const [, what, status] = path.split("/");
  const pieces: Buffer[] = [];
  const location = query === undefined ? {} : { Location: Buffer.from(decodeURIComponent(query)).toString("latin1") };
  for await (const piece of request) pieces.push(piece as Buffer);
  hops.push({ server: name, method, url, headers, body: Buffer.concat(pieces).toString(), client: certificate?.subject?.CN as string });
  if (what === "silent") return;
  if (what === "again") return void response.writeHead(302, { Location: url }).end(MOVED_BYTES);
  if (what === "endless") return void response.writeHead(Number(status), location).write(MOVED_BYTES);
  if (what === "to" && Number(status)) return void response.writeHead(Number(status), location).end(MOVED_BYTES);
  response.end("here");
}

const to = (status: number, location: string): string => `/to/${status}?${encodeURIComponent(location)}`;
const lines = (all: Hop[]): string[] => all.map(({ server, method, url }) => `${method} ${server}${url.split("?").length > 1 && url.startsWith("/to/") ? url.split("?")[0] : url}`);

/** Where references lead from http://a.example.com/to/302?...; no base but that path. */
const REFERENCES: [location: string, url: string][] = [
  [`${B}/x?y=1#z`, `${B}/x?y=1`],
  ["//b.example.com/x", `${B}/x`],
  ["/x/../y/./z/..?a=/../b", `${A}/y/?a=/../b`],
  ["x", `${A}/to/x`],
  ["../../../x", `${A}/x`],
  ["HTTP://B.Example.com:80/X", `${B}/X`],
  ["/é ü", `${A}/%C3%A9%20%C3%BC`],
];

for (const target of MINIFIED_TARGETS) {
  describe(`redirects, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    before(async () => {
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
      if (target.engine === "node") await board.call("setNow", Date.now() / 1000);
      await ask(`${A}/`);
    });
    after(() => board.stop());

    /** Makes a request; three redirects may be followed unless it says otherwise. */
    async function ask(url: string, options: Record<string, unknown> = {}, question: Record<string, unknown> = {}): Promise<Seen> {
      hops = [];
      const seen = (await board.call("ask", { ...question, options: { url, settings: { connectTo }, verify: "none", maxRedirects: 3, ...options } })) as Seen;
      assert.deepEqual([seen.calls, seen.callsAtOnce], [1, 0]);
      return seen;
    }

    const endOf = ({ error, response }: Seen): string => error ? `${error.code} in ${error.phase}: ${error.message}` : `${response?.statusCode} ${response?.url}`;

    test("without maxRedirects a redirect is a response like any other", async () => {
      const { response, heads } = await ask(A + to(302, "/x"), { maxRedirects: undefined });
      assert.deepEqual([response?.statusCode, response?.body, response?.redirects, heads, hops.length], [302, MOVED, 0, [302], 1]);
      assert.equal(response?.headers["location"], "/x");
    });

    for (const [location, url] of REFERENCES) {
      test(`${location} leads to ${url}`, async () => assert.equal(endOf(await ask(A + to(302, location))), `200 ${url}`));
    }

    test("an empty reference and one with a query only lead to the same path", async () => {
      assert.match(endOf(await ask(A + to(302, ""))), /^E_REDIRECT_LIMIT in response: over 3$/);
      assert.deepEqual(hops.map(({ url }) => url), [...Array(4)].map(() => "/to/302?"));
      const seen = await ask(A + to(302, "?"));
      assert.match(endOf(seen), /^E_REDIRECT_LIMIT/);
      assert.equal(hops[1]?.url, "/to/302?");
    });

    const POST = { method: "POST", body: "a=b", headers: { "Content-Type": "text/x", "content-language": "de", "X-Kept": "1" } };
    for (const [method, status, next, hasBody] of [
      ["POST", 301, "GET", false], ["POST", 302, "GET", false], ["POST", 303, "GET", false], ["POST", 307, "POST", true], ["POST", 308, "POST", true],
      ["PUT", 302, "PUT", true], ["PUT", 303, "GET", false], ["DELETE", 301, "DELETE", true],
    ] as const) {
      test(`${method} and ${status}: ${next} ${hasBody ? "with" : "without"} the body`, async () => {
        assert.equal(endOf(await ask(A + to(status, "/x"), { ...POST, method })), `200 ${A}/x`);
        const { headers, ...hop } = hops[1]!;
        assert.deepEqual([hop.method, hop.body, headers["content-length"], headers["content-type"], headers["content-language"], headers["x-kept"]],
          hasBody ? [next, "a=b", "3", "text/x", "de", "1"] : [next, "", undefined, undefined, undefined, "1"]);
      });
    }

    test("HEAD stays HEAD", async () => {
      for (const status of [301, 303, 307]) {
        assert.equal(endOf(await ask(A + to(status, "/x"), { method: "HEAD" })), `200 ${A}/x`);
        assert.equal(hops[1]!.method, "HEAD");
      }
    });

    test("a body from a function is not sent twice, but may be dropped", async () => {
      const options = { method: "POST", headers: { "Content-Length": 3 } };
      assert.equal(endOf(await ask(A + to(303, "/x"), options, { source: "abc" })), `200 ${A}/x`);
      assert.equal(endOf(await ask(A + to(307, "/x?secret=1"), options, { source: "abc" })), `E_REDIRECT in response: a body from a function cannot be sent again: ${A}/x`);
      assert.deepEqual(hops.map(({ body }) => body), ["abc"]);
      const chunked = { method: "POST", httpVersion: "1.1", headers: { "Transfer-Encoding": "chunked" } };
      assert.equal(endOf(await ask(A + to(302, "/x"), chunked, { source: "abc" })), `200 ${A}/x`);
      assert.equal(hops[1]!.headers["transfer-encoding"], undefined);
    });

    const SECRETS = { Authorization: "Bearer x", cookie: "a=b", "PROXY-authorization": "Basic x", Host: "a.example.com", "X-Kept": "1" };
    const secretsIn = ({ headers }: Hop): unknown[] => [headers.authorization, headers.cookie, headers["proxy-authorization"], headers.host, headers["x-kept"]];

    test("credentials go along on the same server", async () => {
      await ask(A + to(302, "/x"), { headers: SECRETS });
      assert.deepEqual(secretsIn(hops[1]!), ["Bearer x", "a=b", "Basic x", "a.example.com", "1"]);
    });

    for (const [what, url, host] of [["host", `${B}/x`, "b.example.com"], ["port", `${A}:8080/x`, "a.example.com:8080"], ["scheme", `${SECURE_A}/x`, "a.example.com"]] as const) {
      test(`credentials are dropped when the ${what} changes`, async () => {
        assert.equal(endOf(await ask(A + to(302, url), { headers: SECRETS })), `200 ${url}`);
        assert.deepEqual(secretsIn(hops[1]!), [undefined, undefined, undefined, host, "1"]);
      });
    }

    test("credentials that were dropped do not come back", async () => {
      await ask(A + to(302, B + to(302, `${A}/x`)), { headers: SECRETS });
      assert.deepEqual(hops.map(secretsIn).map(([authorization]) => authorization), ["Bearer x", undefined, undefined]);
    });

    test("never from https to http, and the target is named without its query", async () => {
      const seen = await ask(SECURE_A + to(302, `${A}/x?token=secret`));
      assert.equal(endOf(seen), `E_REDIRECT in response: from https to http: ${A}/x`);
      assert.deepEqual([hops.length, seen.heads, typeof seen.error?.phasesMs?.["total"], seen.error?.blocking], [1, [], "number", ["connect"]]);
      assert.match(endOf(await ask(A + to(302, SECURE_A + to(302, `${B}/x`)))), /^E_REDIRECT in response: from https to http/);
    });

    for (const location of ["ftp://b.example.com/x", "mailto:a@b", "http:x", "http://", "http://user@b.example.com/", "http://user:pass@b.example.com/", "http://[::1]/", "http://b.example.com\\@c/", "javascript:alert(1)"]) {
      test(`${location} is not followed`, async () => {
        assert.match(endOf(await ask(A + to(302, location))), /^E_REDIRECT in response: /);
        assert.equal(hops.length, 1);
      });
    }

    test("a redirect without Location, and other statuses with one, are responses", async () => {
      assert.equal(endOf(await ask(`${A}/to/302`)), `302 ${A}/to/302`);
      for (const status of [201, 300, 305]) assert.match(endOf(await ask(A + to(status, "/x"))), new RegExp(`^${status} `));
      assert.equal(hops.length, 1);
    });

    test("a loop ends by the limit, and the limit itself may be reached", async () => {
      assert.equal(endOf(await ask(`${A}/again`)), "E_REDIRECT_LIMIT in response: over 3");
      assert.equal(hops.length, 4);
      const seen = await ask(A + to(301, to(302, to(307, "/x"))));
      assert.deepEqual([endOf(seen), seen.response?.redirects], [`200 ${A}/x`, 3]);
    });

    test("a Location over the limit of a line", async () => {
      assert.match(endOf(await ask(A + to(302, "/" + "x".repeat(100)), { limits: { lineBytes: 80 } })), /^E_LINE_LIMIT in head/);
      assert.match(endOf(await ask(`${A}/again?${"x".repeat(LONG_LOCATION_BYTES)}`)), /^E_LINE_LIMIT in head/);
    });

    test("a limit that is no number is refused", async () => {
      assert.match(endOf(await ask(`${A}/`, { maxRedirects: "many" })), /^E_OPTION in options: maxRedirects: "many"/);
    });

    test("a redirect's own answer is neither seen nor waited for", async () => {
      const state = await lookAt(board);
      const seen = await ask(`${A}/endless/302?${encodeURIComponent("/x")}`, {}, { streams: true });
      assert.deepEqual([endOf(seen), seen.streamed, seen.heads], [`200 ${A}/x`, "here", [200]]);
      assert.ok(seen.tookMs < LATE_MS, `took ${seen.tookMs} ms`);
      await assertNothingLeft(board, state);
      for (const server of servers) assert.equal(server.openConnections(), 0);
    });

    test("the total deadline is for the whole chain", async () => {
      const seen = await ask(A + to(302, "/silent"), { deadlines: { totalMs: TOTAL_MS } });
      assert.equal(endOf(seen), `E_TIMEOUT_TOTAL in first-byte: over ${TOTAL_MS} ms`);
      assert.equal(seen.error?.afterMs, TOTAL_MS);
      assert.ok(seen.tookMs > TOTAL_MS * 0.9 && seen.tookMs < TOTAL_MS + LATE_MS, `took ${seen.tookMs} ms`);
    });

    test("abort() ends it at any time, once, and leaves nothing", async () => {
      const state = await lookAt(board);
      const ends = new Set<string>();
      for (const abortAfterMs of ABORTS_MS) ends.add(endOf(await ask(A + to(302, B + to(302, "/x")), {}, { abortAfterMs })).split(" ")[0]!);
      assert.ok([...ends].every((end) => ["E_ABORTED", "200"].includes(end)), [...ends].join());
      assert.ok(ends.has("E_ABORTED"));
      assert.match(endOf(await ask(A + to(302, "/silent"), {}, { abortAfterMs: 300 })), /^E_ABORTED in first-byte/);
      await assertNothingLeft(board, state);
    });

    test("over TLS, to another server, one connection at a time", async () => {
      assert.equal(endOf(await ask(SECURE_A + to(302, `${SECURE_B}/x`))), `200 ${SECURE_B}/x`);
      assert.deepEqual(lines(hops), [`GET ${SECURE_A}/to/302`, `GET ${SECURE_B}/x`]);
    });

    test("the board's own certificate is shown to the first server only", async () => {
      const base64 = { cert: client.der.toString("base64"), key: client.keyPem.replace(/-----.*-----|\n/g, "") };
      assert.equal(endOf(await ask(SECURE_A + to(302, SECURE_A + to(302, `${SECURE_B}/x`)), {}, { base64 })), `200 ${SECURE_B}/x`);
      assert.deepEqual(hops.map((hop) => hop.client), ["board", "board", undefined]);
    });

    test("pins stay, so that another server is refused", { skip: target.engine !== "node" && "pins need a verified connection" }, async () => {
      const pins = [certificates[SECURE_A]!.der].map((der) => sha256(der));
      const base64 = { ca: authority.der.toString("base64") };
      const options = { verify: "required", pins };
      assert.equal(endOf(await ask(SECURE_A + to(302, "/x"), options, { base64 })), `200 ${SECURE_A}/x`);
      assert.match(endOf(await ask(SECURE_A + to(302, `${SECURE_B}/x`), options, { base64 })), /^E_PIN_MISMATCH in handshake/);
      assert.equal(hops.length, 1);
    });

    test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
