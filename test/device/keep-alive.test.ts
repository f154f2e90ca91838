// Kept connections: when one is used again, when not, and what happens when the server closes it at the worst moment.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startEcho } from "../../scripts/cloud/echo.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { OK, sayOk, startKeptServer, type Answer, type KeptServer } from "./kept-server.ts";
import { ask, askAll, assertNothingLeft, endOf, lookAt, type Outcome } from "./outcome.ts";

const HOST = "www.example.com";
const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [HOST] });
const say = (text: string): Answer => (_request, socket) => void socket.write(text);
/** The second request over a connection meets this; all others an ordinary answer. */
const second = (then: Answer): Answer => (request, socket, raw) => (request.connection === 1 && request.ofConnection === 2 ? then : sayOk)(request, socket, raw);
const post = { method: "POST", body: "{}" };
const keyed = { ...post, headers: { "idempotency-key": "a-1" } };

/** What a server answers, and over how many connections two requests go then. */
const PERSISTENCE: Record<string, [answer: string, connections: number]> = {
  "a response with its length": [OK, 1],
  "a response in chunks": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1],
  "a response without body": ["HTTP/1.1 204 No Content\r\n\r\n", 1],
  "an error": ["HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno", 1],
  "Connection: close": ["HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok", 2],
  "HTTP/1.0": ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 2],
  "HTTP/1.0 with Connection: keep-alive": ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", 1],
  "Keep-Alive: timeout=5": ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=99\r\nContent-Length: 2\r\n\r\nok", 1],
  "Keep-Alive: timeout=1, less than the margin": ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok", 2],
  "Keep-Alive: max=0": ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=0\r\nContent-Length: 2\r\n\r\nok", 2],
  "a byte behind the response": [`${OK}!`, 2],
  "a byte behind the last chunk": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n!", 2],
  "an interim answer first": [`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`, 1],
};

/** What ends the second request over a kept connection, and how that is met with each kind of request. */
const ENDINGS: Record<string, Answer> = {
  "closes after the request has come": (_request, socket) => void socket.end(),
  "resets after the request has come": (_request, _socket, raw) => void raw.resetAndDestroy(),
};

for (const target of MINIFIED_TARGETS) {
  describe(`kept connections, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let bundle: BuiltBundle;
    const ca = authority.der.toString("base64");

    before(async () => {
      const built = await buildPrograms("requester");
      bundle = built.bundles["requester"]!;
      board = await DeviceBoard.start(target, { world: { hosts: { [HOST]: "127.0.0.1" } } });
      assert.equal(await board.load(bundle, target.form), "ready");
      await board.ask(`setNow(${Math.floor(Date.now() / 1000)})`);
    });
    after(async () => {
      await board.stop();
    });

    for (const encrypted of [false, true]) {
      describe(encrypted ? "TLS" : "plain", () => {
        const settings = { ram: undefined as number[] | undefined };
        let server: KeptServer;
        let answer: Answer = sayOk;
        before(async () => {
          settings.ram = board.ram;
          server = await startKeptServer(encrypted ? issued : undefined, (request, socket, raw) => answer(request, socket, raw));
        });
        after(() => server.stop());

        const url = (): string => `http${encrypted ? "s" : ""}://127.0.0.1:${server.port}/`;
        const one = (options: object = {}): Promise<Outcome> => ask(board, { keeps: true, options: { url: url(), verify: "none", ...options } });
        const closeKept = (): Promise<unknown> => board.ask("closeKept()");

        /** Plays requests one after the other against a new life of the server; the board is left as it was. */
        async function play(then: Answer, ...requests: object[]): Promise<Outcome[]> {
          await closeKept();
          const before = await lookAt(board);
          const outcomes: Outcome[] = [];
          answer = then;
          server.restart();
          for (const options of requests) outcomes.push(await one(options));
          await closeKept();
          await assertNothingLeft(board, before);
          return outcomes;
        }

        for (const [name, [text, connections]] of Object.entries(PERSISTENCE)) {
          test(`${name}: two requests over ${connections === 1 ? "one connection" : "two connections"}`, async () => {
            const outcomes = await play(say(text), {}, {});
            assert.deepEqual(server.seen.map(({ connection }) => connection), connections === 1 ? [1, 1] : [1, 2]);
            for (const { response } of outcomes) assert.ok(response);
            const phases = Object.keys(outcomes[1]!.response!.phasesMs);
            assert.equal(phases.includes("connect"), connections === 2);
          });
        }

        test("says Connection: keep-alive and HTTP/1.1, unless the program says otherwise", async () => {
          await play(sayOk, {}, { httpVersion: "1.0" }, { headers: { connection: "close" } });
          const [usual, old, closing] = server.seen.map(({ head }) => head);
          assert.match(usual!, /^GET \/ HTTP\/1\.1\r\n[^]*\r\nConnection: keep-alive\r\n/);
          assert.match(old!, /^GET \/ HTTP\/1\.0\r\n[^]*\r\nConnection: keep-alive\r\n/);
          assert.match(closing!, /\r\nconnection: close\r\n/);
          assert.doesNotMatch(closing!, /keep-alive/);
        });

        test("without an agent nothing is kept, and another demand opens another connection", async () => {
          await play(sayOk, { pins: ["00".repeat(32)] }, {}, { minTls: "1.1" }, { minTls: "1.1" });
          assert.deepEqual(server.seen.map(({ ofConnection }) => ofConnection), [1, 1, 1, 2]);
          server.restart();
          await ask(board, { options: { url: url(), verify: "none" } });
          await ask(board, { options: { url: url(), verify: "none" } });
          assert.deepEqual(server.seen.map(({ ofConnection }) => ofConnection), [1, 1]);
        });

        test("closed by the server while it lay idle: the next request opens another, and nothing is sent twice", async () => {
          const [first, next] = await play((_request, socket) => void socket.end(OK), post, post);
          assert.deepEqual([first!.response?.body, next!.response?.body, server.seen.length], ["ok", "ok", 2]);
        });

        test("what the server sends unasked while it lies idle ends it, and is no answer to the next request", async () => {
          await closeKept();
          server.restart();
          const closed = new Promise<void>((resolve) => {
            answer = (_request, socket) => void socket.on("close", () => resolve()).write(OK, () => {
              setImmediate(() => socket.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
            });
          });
          await one();
          await closed;
          answer = sayOk;
          assert.equal((await one()).response?.statusCode, 200);
          assert.deepEqual(server.seen.map(({ connection }) => connection), [1, 2]);
        });

        for (const [name, ending] of Object.entries(ENDINGS)) {
          test(`a server that ${name}: sent again when that does no harm`, async () => {
            for (const options of [{}, { method: "PUT", body: "x" }, { method: "DELETE" }, keyed]) {
              const [, again] = await play(second(ending), options, options);
              assert.equal(again!.response?.body, "ok");
              assert.equal(server.seen.length, 3);
              assert.deepEqual([server.seen[2]!.head, server.seen[2]!.body], [server.seen[1]!.head, server.seen[1]!.body]);
            }
          });

          test(`a server that ${name}: a POST that may have been acted on is not sent again`, async () => {
            const [, lost] = await play(second(ending), post, post);
            assert.match(endOf(lost!), /^E_(NO_RESPONSE|RESET) in first-byte$/);
            assert.equal(server.seen.length, 2);
          });
        }

        test("closed in the middle of an answer: the request is not sent again", async () => {
          const [, cut] = await play(second((_request, socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")), {}, {});
          assert.equal(endOf(cut!), "E_TRUNCATED in body");
          assert.equal(server.seen.length, 2);
        });

        test("a server that closes again: the request is sent twice and no more", async () => {
          const [, lost] = await play((request, socket) => (request.number === 1 ? void socket.write(OK) : void socket.end()), {}, {});
          assert.match(endOf(lost!), /^E_NO_RESPONSE/);
          assert.equal(server.seen.length, 3);
        });

        test("a body from a function is not sent twice", async () => {
          await play(second((_request, socket) => void socket.end()), {});
          answer = second((_request, socket) => void socket.end());
          server.restart();
          await one();
          const source = await ask(board, { keeps: true, pieces: 2, pieceBytes: 10, options: { url: url(), verify: "none", method: "PUT", headers: { "Content-Length": 20 } } });
          assert.match(endOf(source), /^E_NO_RESPONSE/);
          assert.equal(server.seen.length, 2);
        });

        test("requests made at once go over one connection, one after the other, or side by side when they are plain", async () => {
          await closeKept();
          answer = sayOk;
          server.restart();
          const questions = [1, 2, 3].map(() => ({ keeps: true, options: { url: url(), verify: "none" } }));
          for (const { response } of await askAll(board, questions)) assert.equal(response?.body, "ok");
          if (encrypted) assert.deepEqual(server.seen.map(({ ofConnection }) => ofConnection), [1, 2, 3]);
          await closeKept();
        });
      });
    }

    describe("verified", { skip: target.engine === "espruino" && !process.env["ESPRUINO_BIN"] }, () => {
      test("a hundred requests need one handshake, and each says how the server was verified", async (context) => {
        const server = await startKeptServer(issued);
        context.after(() => server.stop());
        const settings = { connectTo: { [`${HOST}:443`]: server.address }, ram: board.ram };
        const answers = (await board.call("askInTurn", { times: 100, base64: { ca }, options: { url: `https://${HOST}/`, settings } })) as { verified: string; total: number };
        if (isStock(answers)) return;
        assert.deepEqual(answers, { ok: 100, verified: "ca" });
        assert.deepEqual(server.seen.map(({ connection }) => connection), new Array(100).fill(1));
        await board.ask("closeKept()");
      });

      test("another TLS connection closes it first: never are two open", async (context) => {
        const server = await startKeptServer(issued);
        const echo = await startEcho(issued);
        context.after(async () => void (await server.stop(), await echo.stop()));
        const kept = { keeps: true, options: { url: `https://${server.address}/`, verify: "none" } };
        const before = await lookAt(board);
        assert.ok((await ask(board, kept)).response);
        assert.equal((await lookAt(board)).tlsStates, 1);
        assert.ok((await ask(board, { options: { url: `https://${echo.address}/echo`, verify: "none" } })).response);
        assert.equal((await lookAt(board)).tlsStates, 0);
        assert.ok((await ask(board, kept)).response);
        assert.deepEqual(server.seen.map(({ connection }) => connection), [1, 2]);
        await board.ask("closeKept()");
        await assertNothingLeft(board, before);
        assert.deepEqual(board.complaints(), []);
      });
    });
  });
}

/** A stock interpreter cannot verify. */
function isStock(answers: unknown): boolean {
  return (answers as { code?: string }).code === "E_TLS_LAYOUT";
}
