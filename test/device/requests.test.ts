// How requests end that do not wait in vain: aborted, queued, with bodies of all kinds, and cut off by the server.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import tls from "node:tls";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startEcho, type EchoReport } from "../../scripts/cloud/echo.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import type { Misbehaviour, MisbehaviourName } from "../../scripts/cloud/misbehaviours.ts";
import { startMisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { buildPrograms, DeviceBoard, TARGETS } from "./board-run.ts";
import { ask, askAll, assertNothingLeft, endOf, lookAt, type Outcome, type Question } from "./outcome.ts";

const HOSTS = { "silent.example.com": "silent", "unknown.example.com": "unknown" };
/** Long enough to be in the phase that is aborted, on a slow interpreter too: a TLS handshake takes it up to 200 ms. */
const later = { abortAfterMs: 100 };
const laterOverTls = { abortAfterMs: 400 };
const LONG_BODY_BYTES = 200 * 1024;
/** What the firmware reads at once. */
const CHUNK_BYTES = 536;
/** Of three times that are each rounded to a millisecond. */
const ROUNDING_MS = 2;
/** The client's own limit for a body that is collected. */
const BODY_LIMIT_BYTES = 16_384;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: ["www.example.com"] });
const HEAD = "HTTP/1.1 200 OK\r\n";

let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("requester");
  bundle = built.bundles["requester"]!;
});

interface Scene {
  name: string;
  server: MisbehaviourName | Misbehaviour;
  encrypted?: boolean;
  question?: Omit<Question, "options">;
  options?: Record<string, unknown>;
  /** `CODE in phase` or the body of the answer. */
  ends: string;
}

const answers = (answer: string, then: Misbehaviour["then"]): Misbehaviour => ({ handshake: "whole", answer, then });

const ABORTS: Scene[] = [
  { name: "in the handshake", server: "silent", encrypted: true, question: later, ends: "E_ABORTED in handshake" },
  { name: "while the body is sent", server: "never-answers", options: { method: "POST", headers: { "Content-Length": 9e6 } }, question: { pieces: 9e3, pieceBytes: 1000, abortIn: "source" }, ends: "E_ABORTED in request" },
  { name: "before the first byte", server: "never-answers", question: later, ends: "E_ABORTED in first-byte" },
  { name: "before the first byte, TLS", server: "never-answers", encrypted: true, question: laterOverTls, ends: "E_ABORTED in first-byte" },
  { name: "in the head", server: "stops-in-head", question: later, ends: "E_ABORTED in head" },
  { name: "in the body", server: "stops-in-body", question: later, ends: "E_ABORTED in body" },
  { name: "in the body, TLS", server: "stops-in-body", encrypted: true, question: laterOverTls, ends: "E_ABORTED in body" },
  { name: "inside onHead", server: "stops-in-body", question: { abortIn: "head" }, ends: "E_ABORTED in body" },
  { name: "inside onData, TLS", server: "stops-in-body", encrypted: true, question: { abortIn: "data", streams: true }, ends: "E_ABORTED in body" },
  { name: "at once", server: "silent", question: { abortAfterMs: 0 }, ends: "E_ABORTED in queued" },
  { name: "after the end", server: answers(`${HEAD}Content-Length: 2\r\n\r\nok`, "closes"), question: { abortIn: "end" }, ends: "ok" },
];

const ENDS: Scene[] = [
  { name: "reset in the handshake", server: "resets-in-handshake", encrypted: true, ends: "E_HANDSHAKE in handshake" },
  { name: "closed before the answer", server: "closes-before-answer", ends: "E_NO_RESPONSE in first-byte" },
  { name: "closed before the answer, TLS", server: "closes-before-answer", encrypted: true, ends: "E_NO_RESPONSE in first-byte" },
  { name: "reset before the answer", server: "resets-before-answer", ends: "E_NO_RESPONSE in first-byte" },
  { name: "closed in the body", server: "closes-in-body", ends: "E_TRUNCATED in body" },
  { name: "closed in the body, TLS", server: "closes-in-body", encrypted: true, ends: "E_TRUNCATED in body" },
  { name: "reset in the body", server: "resets-in-body", ends: "E_TRUNCATED in body" },
  { name: "reset in the body, TLS", server: "resets-in-body", encrypted: true, ends: "E_TRUNCATED in body" },
  { name: "a body up to the close", server: answers(`${HEAD}\r\n0123456789`, "closes"), ends: "0123456789" },
  { name: "a body up to the close, TLS", server: answers(`${HEAD}\r\n0123456789`, "closes"), encrypted: true, ends: "0123456789" },
  { name: "a body up to a close without close_notify", server: "closes-without-notify", encrypted: true, ends: "E_TRUNCATED in body" },
  { name: "a whole body and no close_notify", server: answers(`${HEAD}Content-Length: 10\r\n\r\n0123456789`, "closes without notify"), encrypted: true, ends: "0123456789" },
  { name: "a whole body and no close", server: answers(`${HEAD}Content-Length: 10\r\n\r\n0123456789`, "waits"), ends: "0123456789" },
  { name: "a whole body and no close, TLS", server: answers(`${HEAD}Content-Length: 10\r\n\r\n0123456789`, "waits"), encrypted: true, ends: "0123456789" },
  { name: "garbage instead of an answer", server: answers("SSH-2.0-OpenSSH\r\n", "waits"), ends: "E_STATUS_LINE in head" },
  { name: "a collected body of the limit", server: answers(`${HEAD}Content-Length: 64\r\n\r\n${"x".repeat(64)}`, "closes"), options: { limits: { bodyBytes: 64 } }, ends: "x".repeat(64) },
  { name: "a collected body over the limit", server: answers(`${HEAD}Content-Length: 65\r\n\r\n${"x".repeat(65)}`, "closes"), options: { limits: { bodyBytes: 64 } }, ends: "E_BODY_LIMIT in body" },
  { name: "a collected body over the default limit", server: answers(`${HEAD}\r\n${"x".repeat(BODY_LIMIT_BYTES + 1)}`, "waits"), ends: "E_BODY_LIMIT in body" },
];

const REFUSED: Record<string, [options: Record<string, unknown>, ends: string]> = {
  "an unknown host": [{ url: "http://unknown.example.com/" }, "E_DNS in dns"],
  "a port nobody listens on": [{ url: "http://127.0.0.1:1/" }, "E_CONNECT in connect"],
  "a port nobody listens on, TLS": [{ url: "https://127.0.0.1:1/", verify: "none" }, "E_CONNECT in connect"],
  "verification without anything to verify by": [{ url: "https://127.0.0.1:1/" }, "E_OPTION in options"],
  "an unknown protocol": [{ url: "ftp://127.0.0.1/" }, "E_OPTION in options"],
  "a header that would be two": [{ url: "http://127.0.0.1:1/", headers: { A: "b\r\nC: d" } }, "E_OPTION in options"],
  "a deadline that is no number": [{ url: "http://127.0.0.1:1/", deadlines: { idleMs: "soon" } }, "E_OPTION in options"],
};

for (const target of TARGETS) {
  describe(`requests, ${target.engine} engine, ${target.form}`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let echo: LoopbackServer;
    let secureEcho: LoopbackServer;
    let sink: LoopbackServer;

    before(async () => {
      echo = await startEcho(undefined);
      secureEcho = await startEcho(issued);
      sink = await startBodySink();
      board = await DeviceBoard.start(target, { world: { hosts: HOSTS } });
      assert.equal(await board.load(bundle, target.form), "ready");
      await ask(board, { options: { url: `http://${echo.address}/echo` } });
    });
    after(async () => {
      await board.stop();
      for (const server of [echo, secureEcho, sink]) await server.stop();
    });

    /** Asks `url` on the board; nothing may be left after it. Gives how it ended, as a Scene says it. */
    async function play(url: string, options: Record<string, unknown> = {}, question: Omit<Question, "options"> = {}): Promise<string> {
      const state = await lookAt(board);
      const outcome = await ask(board, { ...question, options: { url, verify: "none", ...options } });
      await assertNothingLeft(board, state);
      return outcome.response ? outcome.response.body : endOf(outcome);
    }

    for (const [title, scenes] of Object.entries({ aborted: ABORTS, ended: ENDS })) {
      for (const { name, server: how, encrypted, options, question, ends } of scenes) {
        test(`${title}: ${name}: ${ends.slice(0, 40)}`, async (context) => {
          const server = await startMisbehavingServer(how, encrypted ? { issued } : {});
          context.after(() => server.stop());
          assert.equal(await play(`http${encrypted ? "s" : ""}://${server.address}/`, options, question), ends);
          assert.equal(server.openConnections(), 0);
        });
      }
    }

    for (const [name, [options, ends]] of Object.entries(REFUSED)) {
      test(`refused: ${name}: ${ends}`, async () => {
        assert.equal(endOf(await ask(board, { options })), ends);
      });
    }

    test("aborted while the name is looked up: E_ABORTED in dns", async () => {
      assert.equal(await play("http://silent.example.com/", {}, later), "E_ABORTED in dns");
    });

    test("options may be used for something else once request() has returned", async () => {
      const { response } = await ask(board, { options: { url: `http://${echo.address}/echo`, method: "POST", headers: { "X-Own": "mine" }, body: "mine" }, spoils: true });
      const { headHex, bodyHex } = JSON.parse(response!.body) as EchoReport;
      assert.match(Buffer.from(headHex, "hex").toString(), /\r\nX-Own: mine\r\n/);
      assert.equal(Buffer.from(bodyHex, "hex").toString(), "mine");
    });

    test("plain HTTP on a TLS port: E_HANDSHAKE", async () => {
      assert.equal(await play(`https://${sink.address}/`), "E_HANDSHAKE in handshake");
    });

    test("a CA that is no certificate: E_TLS_SETUP with the firmware's reason", async () => {
      const { error } = await ask(board, { options: { url: `https://${secureEcho.address}/`, verify: "none", ca: "x".repeat(200) } });
      assert.equal(error?.code, "E_TLS_SETUP");
      assert.match(error.message, /x509_crt_parse/);
    });

    test("an alert in an unverified handshake, which sent no right name: E_SNI with the firmware's reason", async (context) => {
      const server = await listenOnLoopback(tls.createServer({ ...serverTls(issued), minVersion: "TLSv1.3" }));
      context.after(() => server.stop());
      const { error } = await ask(board, { options: { url: `https://${server.address}/`, verify: "none" } });
      assert.deepEqual([error?.code, error?.message], ["E_SNI", "mbedtls_ssl_handshake returned -0x7780"]);
    });

    test("TLS requests take turns, an aborted one leaves the queue, and plain ones do not wait", async (context) => {
      const silent = await startMisbehavingServer("silent", { issued });
      context.after(() => silent.stop());
      const state = await lookAt(board);
      const secure = { url: `https://${secureEcho.address}/echo`, verify: "none" };
      const [first, second, third, fourth, plain] = await askAll(board, [
        { options: { url: `https://${silent.address}/`, verify: "none", deadlines: { handshakeMs: 600 } } },
        { options: secure },
        { options: secure, abortAfterMs: 100 },
        { options: secure },
        { options: { url: `http://${echo.address}/echo` } },
      ]);
      assert.equal(endOf(first!), "E_TIMEOUT_HANDSHAKE in handshake");
      assert.equal(endOf(third!), "E_ABORTED in queued");
      assert.equal(second!.response?.statusCode, 200);
      assert.ok(turnOf(second!) >= first!.endedAtMs - ROUNDING_MS, "the second started before the first had ended");
      assert.ok(turnOf(fourth!) >= second!.endedAtMs - ROUNDING_MS, "the fourth started before the second had ended");
      assert.ok(third!.endedAtMs < 300, `aborted in the queue, it took ${third!.endedAtMs} ms`);
      assert.ok(plain!.endedAtMs < first!.endedAtMs && plain!.response?.statusCode === 200);
      await assertNothingLeft(board, state);
    });

    test("a TLS request that is abandoned before it starts gives its turn to one other, not to two", async () => {
      const secure = { url: `https://${secureEcho.address}/echo`, verify: "none" };
      const [, second, third] = await askAll(board, [{ options: secure, abortAfterMs: 0 }, { options: secure }, { options: secure }]);
      assert.deepEqual([second!.response?.statusCode, third!.response?.statusCode], [200, 200]);
      assert.ok(turnOf(third!) >= second!.endedAtMs - ROUNDING_MS, "the third started before the second had ended");
    });

    test("two TLS requests abandoned in the queue do not block those after them", async () => {
      const secure = { url: `https://${secureEcho.address}/echo`, verify: "none" };
      const outcomes = await askAll(board, [{ options: secure }, { options: secure, abortAfterMs: 0 }, { options: secure, abortAfterMs: 0 }]);
      assert.deepEqual(outcomes.map(({ error }) => error?.code), [undefined, "E_ABORTED", "E_ABORTED"]);
      assert.equal((await ask(board, { options: secure })).response?.statusCode, 200);
    });

    test("an answer tells how long each phase took, and which of them the firmware does not let us interrupt", async () => {
      const { response } = await ask(board, { options: { url: `https://${secureEcho.address}/echo`, verify: "none" } });
      const { total, ...phases } = response!.phasesMs;
      // An answer that comes in one piece, or before the firmware tells that all is sent, has no time in the last ones.
      const names = Object.keys(phases);
      assert.ok(names.length >= 5, names.join());
      assert.deepEqual(names, ["queued", "dns", "connect", "handshake", "request", "first-byte", "body"].slice(0, names.length));
      const sum = Object.values(phases).reduce((ms, each) => ms + each, 0);
      assert.ok(Math.abs(sum - total!) <= names.length, `${sum} ms in phases, ${total} ms in all`);
      assert.deepEqual([response!.blocking, response!.tls], [["connect"], { verified: false }]);
    });

    const post = { method: "POST", httpVersion: "1.1" };
    const chunked = { ...post, headers: { "Transfer-Encoding": "chunked" } };
    const lengthOf = (bytes: number): object => ({ ...post, headers: { "Content-Length": bytes } });

    for (const [name, options, pieces, pieceBytes, ends] of [
      ["with its length", lengthOf(30_000), 10, 3_000, "30000 x, length 30000"],
      ["chunked", chunked, 10, 3_000, "30000 x, chunked"],
      ["chunked, without any piece", chunked, 0, 0, "0 x, chunked"],
      ["chunked, with empty pieces", chunked, 3, 0, "0 x, chunked"],
      ["without its length", post, 1, 1, "E_OPTION in options"],
    ] as const) {
      test(`a body from a function, ${name}: ${ends}`, async () => {
        assert.equal(await play(`http://${sink.address}/`, options as Record<string, unknown>, { pieces, pieceBytes }), ends);
      });
    }

    for (const [name, bytes] of [["shorter", 40], ["longer", 20]] as const) {
      test(`a body from a function that is ${name} than its length: E_BODY_LENGTH`, async (context) => {
        const server = await startMisbehavingServer("never-answers");
        context.after(() => server.stop());
        assert.equal(await play(`http://${server.address}/`, lengthOf(bytes) as Record<string, unknown>, { pieces: 3, pieceBytes: 10 }), "E_BODY_LENGTH in request");
      });
    }

    test("a body of 12 KB as a string arrives whole over TLS", async () => {
      const body = "0123456789ab".repeat(1024);
      const { response } = await ask(board, { options: { url: `https://${secureEcho.address}/echo`, verify: "none", method: "PUT", body, limits: { bodyBytes: 40_000 } } });
      const report = JSON.parse(response!.body) as EchoReport;
      assert.deepEqual([report.contentLength, Buffer.from(report.bodyHex, "hex").toString("latin1")], [body.length, body]);
    });

    for (const encrypted of [false, true]) {
      test(`200 KB are streamed${encrypted ? " over TLS" : ""} and not collected`, async (context) => {
        const answer = `${HEAD}Content-Length: ${LONG_BODY_BYTES}\r\n\r\n${"y".repeat(LONG_BODY_BYTES)}`;
        const server = await startMisbehavingServer(answers(answer, "closes"), encrypted ? { issued } : {});
        context.after(() => server.stop());
        const state = await lookAt(board);
        const outcome = await ask(board, { streams: true, options: { url: `http${encrypted ? "s" : ""}://${server.address}/`, verify: "none" } });
        assert.deepEqual([outcome.streamedBytes, outcome.response?.bodyBytes, outcome.response?.body], [LONG_BODY_BYTES, LONG_BODY_BYTES, ""]);
        assert.ok(outcome.longestPiece <= CHUNK_BYTES);
        await assertNothingLeft(board, state);
      });
    }

    test("twenty requests leave no more than one", async () => {
      const url = `http://${echo.address}/echo`;
      await ask(board, { options: { url } });
      const state = await lookAt(board);
      for (let count = 0; count < 20; count++) assert.equal((await ask(board, { options: { url } })).response?.statusCode, 200);
      await assertNothingLeft(board, state);
    });

    test("the firmware complained about refused connections and nothing else", () => {
      assert.deepEqual(board.complaints().filter((line) => line !== "ERROR: Connect failed (err 111)"), []);
    });
  });
}

/** When a request had its turn, on the same scale as endedAtMs. */
function turnOf({ startedAtMs, response }: Outcome): number {
  return startedAtMs + response!.phasesMs["queued"]!;
}

/** An HTTP server that answers with what it got: `N x` and how its length was told. */
function startBodySink(): Promise<LoopbackServer> {
  return listenOnLoopback(http.createServer((request, response) => {
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString("latin1")));
    request.on("end", () => {
      const { "content-length": length, "transfer-encoding": encoding } = request.headers;
      const onlyX = body === "x".repeat(body.length) ? "x" : "other bytes";
      response.end(`${body.length} ${onlyX}, ${encoding ?? `length ${length}`}`);
    });
  }));
}
