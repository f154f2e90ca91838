// Requests that are repeated, against servers that fail for a while: what arrives there, how long the pauses are, and how it ends.
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS, type Target } from "./board-run.ts";
import { assertNothingLeft, lookAt } from "./outcome.ts";

interface Seen {
  calls: number;
  callsAtOnce: number;
  heads: number[];
  streamed: string;
  taken: number;
  error?: { code: string; phase: string; message: string; attempts: number; phasesMs: object; blocking: string[]; [fact: string]: unknown };
  response?: { statusCode: number; body: string; attempts: number; redirects?: number };
}

interface Answers {
  seen: Seen[];
  retries: [attempts: number, end: string | number, pauseMs: number][];
}

type Reply = (response: http.ServerResponse, count: number, request: http.IncomingMessage) => void;

const POLICY = { attempts: 4, firstPauseMs: 20, longestPauseMs: 50, totalMs: 60_000, breakerFailures: 1000, breakerRestMs: 30_000, breakerLongestRestMs: 45_000 };
const SERIES = 400;
const SERIES_LONGEST_MS = 10_000;

const hangsUp: Reply = (response) => void response.socket!.destroy();
const ends = (statusCode: number, headers = {}, body = `body of ${statusCode}`): Reply => (response) => void response.writeHead(statusCode, headers).end(body);
const isCut: Reply = (response) => response.writeHead(200, { "Content-Length": 100 }).write("0123456789", () => response.socket!.destroy());
/** The first so many requests get one reply, the others 200. */
const first = (count: number, reply: Reply): Reply => (response, at, request) => (at <= count ? reply : ends(200, {}, "here"))(response, at, request);
const inOrder = (...replies: Reply[]): Reply => (response, at, request) => (replies[at - 1] ?? ends(200, {}, "here"))(response, at, request);

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: ["www.example.com"] });

let bundle: BuiltBundle;
let server: LoopbackServer;
let requests: { method: string; url: string; body: string }[] = [];
let reply = ends(200);

before(async () => {
  const built = await buildPrograms("retries");
  bundle = built.bundles["retries"]!;
  server = await listenOnLoopback(http.createServer(serve));
});
after(async () => {
  await server.stop();
});
beforeEach(() => {
  requests = [];
  reply = ends(200, {}, "here");
});

/** Answers when the whole request has been read. */
function serve(request: http.IncomingMessage, response: http.ServerResponse): void {
  let body = "";
  request.on("data", (bytes: Buffer) => (body += bytes.toString()));
  request.on("end", () => {
    requests.push({ method: request.method!, url: request.url!, body });
    reply(response, requests.length, request);
  });
}

/** A port that nobody listens on. */
async function closedAddress(): Promise<string> {
  const gone = await listenOnLoopback(net.createServer());
  await gone.stop();
  return gone.address;
}

for (const target of MINIFIED_TARGETS) {
  describe(`retries, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    before(async () => {
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
      await board.call("setClock", Date.now() / 1000);
      await open();
      await ask();
    });
    after(() => board.stop());

    const open = (policy: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): Promise<unknown> => board.call("open", { policy: { ...POLICY, ...policy }, ...rest });

    async function askAll(...questions: Record<string, unknown>[]): Promise<Answers> {
      const answers = (await board.call("ask", questions)) as Answers;
      assert.deepEqual(answers.seen.map(({ calls, callsAtOnce }) => [calls, callsAtOnce]), questions.map(() => [1, 0]));
      return answers;
    }

    async function ask(options: Record<string, unknown> = {}, question: Record<string, unknown> = {}): Promise<Seen & Pick<Answers, "retries">> {
      const { seen, retries } = await askAll({ options: { url: `http://${server.address}/`, ...options }, ...question });
      return { ...seen[0]!, retries };
    }

    const endOf = ({ error, response }: Seen): string => (error ? `${error.code} in ${error.phase}, ${error.attempts}` : `${response?.statusCode}, ${response?.attempts}`);

    test("a server that hangs up three times and then answers: four attempts, and nothing is left behind", async () => {
      await open();
      reply = first(3, hangsUp);
      const state = await lookAt(board);
      const seen = await ask();
      assert.deepEqual([endOf(seen), seen.response?.body, requests.length], ["200, 4", "here", 4]);
      assert.deepEqual(seen.retries.map(([attempts, end]) => [attempts, end]), [[1, "E_NO_RESPONSE"], [2, "E_NO_RESPONSE"], [3, "E_NO_RESPONSE"]]);
      await assertNothingLeft(board, state);
      assert.equal(server.openConnections(), 0);
    });

    for (const [what, failing, end] of [
      ["hangs up", hangsUp, "E_NO_RESPONSE in first-byte"], ["cuts its answer", isCut, "E_TRUNCATED in body"], ["says 503", ends(503), "503"], ["says 429", ends(429), "429"],
    ] as const) {
      test(`a server that ${what} each time: the last end, after all attempts`, async () => {
        await open();
        reply = first(100, failing);
        assert.equal(endOf(await ask()), `${end}, 4`);
        assert.equal(requests.length, 4);
      });
    }

    for (const [what, failing, end] of [
      ["hangs up", hangsUp, "E_NO_RESPONSE in first-byte, 1"], ["cuts its answer", isCut, "E_TRUNCATED in body, 1"], ["says 503", ends(503), "503, 1"], ["says 500", ends(500), "500, 1"],
    ] as const) {
      test(`a POST that has arrived at a server that ${what} arrives once`, async () => {
        await open();
        reply = first(100, failing);
        assert.equal(endOf(await ask({ method: "POST", body: "1 cup" })), end);
        assert.deepEqual(requests, [{ method: "POST", url: "/", body: "1 cup" }]);
      });
    }

    test("a POST with a key is repeated, with the same bytes", async () => {
      await open();
      reply = inOrder(hangsUp, isCut, ends(503));
      assert.equal(endOf(await ask({ method: "POST", body: "1 cup", headers: { "IDEMPOTENCY-key": "a1" } })), "200, 4");
      assert.deepEqual(requests, Array(4).fill({ method: "POST", url: "/", body: "1 cup" }));
    });

    test("a POST that a server has not acted on, by its own word, is repeated", async () => {
      await open();
      reply = inOrder(ends(429), ends(425), ends(408));
      assert.equal(endOf(await ask({ method: "POST", body: "1 cup" })), "200, 4");
    });

    test("a body from a function: a POST that never got to a server, and once it did no more", async () => {
      await open();
      const options = { method: "POST", headers: { "Content-Length": 3 } };
      const unreached = await ask({ ...options, url: `http://${await closedAddress()}/` }, { source: "abc" });
      assert.deepEqual([endOf(unreached), unreached.taken], ["E_CONNECT in connect, 4", 0]);
      reply = first(1, ends(429));
      assert.equal(endOf(await ask(options, { source: "abc" })), "429, 1");
      assert.deepEqual(requests.map(({ body }) => body), ["abc"]);
    });

    test("a wrong option, an answer that is no HTTP, and a redirect are not repeated", async () => {
      await open();
      assert.equal(endOf(await ask({ method: "G E T" })), "E_OPTION in options, 1");
      assert.equal(endOf(await ask({ deadlines: { totalMs: "long" } })), "E_OPTION in options, 1");
      reply = (response) => void response.socket!.end("SSH-2.0-x\r\n");
      assert.equal(endOf(await ask()), "E_STATUS_LINE in head, 1");
      reply = ends(302, { Location: "/x" });
      assert.equal(endOf(await ask()), "302, 1");
    });

    test("modules/redirects makes the attempts, if it is given", async () => {
      await open({}, { follows: true });
      reply = inOrder(ends(302, { Location: "/x" }), ends(503), ends(302, { Location: "/y" }));
      const seen = await ask({ maxRedirects: 2 });
      assert.deepEqual([endOf(seen), seen.response?.redirects, requests.map(({ url }) => url)], ["200, 2", 1, ["/", "/x", "/", "/y"]]);
    });

    test("over TLS: a POST is repeated while no handshake succeeds", async (context) => {
      let connections = 0;
      const secure = https.createServer({ ...serverTls(issued) }, serve);
      const front = await listenOnLoopback(net.createServer((socket) => {
        connections++;
        if (connections <= 2) socket.destroy();
        else secure.emit("connection", socket);
      }));
      context.after(() => front.stop());
      await open();
      const state = await lookAt(board);
      const seen = await ask({ url: `https://${front.address}/`, verify: "none", method: "POST", body: "1 cup" });
      assert.deepEqual([endOf(seen), seen.retries.map(([, end]) => end), requests.length], ["200, 3", ["E_HANDSHAKE", "E_HANDSHAKE"], 1]);
      await assertNothingLeft(board, state);
    });

    test("what streams sees one answer: not those that are repeated, and none of a second one", async () => {
      await open();
      reply = first(2, ends(503));
      const good = await ask({}, { streams: true });
      assert.deepEqual([endOf(good), good.heads, good.streamed], ["200, 3", [200], "here"]);
      requests = [];
      reply = first(1, isCut);
      const cut = await ask({}, { streams: true });
      assert.deepEqual([endOf(cut), cut.heads, cut.streamed], ["E_TRUNCATED in body, 1", [200], "0123456789"]);
      reply = ends(503);
      const late = await ask({}, { streams: true });
      assert.deepEqual([endOf(late), late.heads, late.streamed], ["503, 4", [], ""]);
      const shown = await ask({ method: "POST" }, { streams: true });
      assert.deepEqual([endOf(shown), shown.heads, shown.streamed], ["503, 1", [503], "body of 503"]);
    });

    describe("Retry-After", () => {
      before(() => board.call("hurry", 50));
      after(() => board.call("hurry", 1));

      for (const [form, value, atLeastMs, atMostMs] of [
        ["seconds", () => "3", 3_000, 3_000],
        ["a date", () => new Date(Date.now() + 5_000).toUTCString(), 2_500, 5_000],
        ["no sense", () => "soon", 0, 0],
      ] as const) {
        test(`as ${form}: the pause is so much longer`, async () => {
          await board.call("setClock", Date.now() / 1000);
          await open();
          reply = first(1, (response) => void response.writeHead(503, { "Retry-After": value() }).end());
          const { retries, ...seen } = await ask();
          assert.equal(endOf(seen), "200, 2");
          assert.ok(retries[0]![2] >= atLeastMs && retries[0]![2] <= atMostMs + POLICY.firstPauseMs, String(retries[0]));
        });
      }

      test("longer than the time that is left: the response, at once", async () => {
        await open();
        reply = ends(429, { "Retry-After": "61" });
        const { retries, ...seen } = await ask();
        assert.deepEqual([endOf(seen), seen.response?.body, retries], ["429, 1", "body of 429", []]);
      });
    });

    describe("the total deadline", () => {
      test("ends attempts and pauses with the last result", async () => {
        await open({ attempts: 1000, totalMs: 400 });
        reply = ends(503);
        const { retries, ...seen } = await ask();
        // The deadline may as well come in an attempt.
        assert.match(endOf(seen), new RegExp(`^(503|E_TIMEOUT_TOTAL in [a-z-]+), ${retries.length + 1}$`));
        assert.ok(retries.length > 1 && retries.reduce((sum, [, , ms]) => sum + ms, 0) < 400, JSON.stringify(retries));
      });

      test("cuts an attempt to what is left", async () => {
        await open({ attempts: 1000, totalMs: 400 });
        reply = first(1000, () => undefined);
        const whole = await ask();
        assert.deepEqual([endOf(whole), whole.error?.message, whole.error?.["afterMs"]], ["E_TIMEOUT_TOTAL in first-byte, 1", "over 400 ms", 400]);
        const several = await ask({ deadlines: { firstByteMs: 100 } });
        assert.match(endOf(several), /^E_TIMEOUT_(TOTAL|FIRST_BYTE) in first-byte, [234]$/);
      });

      test("an attempt's own that is shorter is repeated", async () => {
        await open();
        reply = first(1, () => undefined);
        const seen = await ask({ deadlines: { totalMs: 200 } });
        assert.deepEqual([endOf(seen), seen.retries[0]?.[1]], ["200, 2", "E_TIMEOUT_TOTAL"]);
      });
    });

    describe("the breaker", () => {
      const status = (): Promise<unknown> => board.call("status", 0);
      const two = (): Promise<Answers> => askAll({ options: { url: `http://${server.address}/1` } }, { options: { url: `http://${server.address}/2` } });

      test("opens after failures in a row, lets one trial through after its rest, and closes after a success", async () => {
        await open({ breakerFailures: 3 });
        reply = ends(500);
        for (let asked = 0; asked < 2; asked++) assert.equal(endOf(await ask()), "500, 1");
        assert.deepEqual(await status(), { breaker: "closed", failures: 2, retryAfterS: 0 });
        await ask();
        const state = await lookAt(board);
        const refused = await ask();
        assert.deepEqual([endOf(refused), refused.error?.message, refused.error?.["retryAfterS"], refused.error?.phasesMs, refused.error?.blocking], ["E_BREAKER_OPEN in queued, 0", "again in 30 s", 30, {}, []]);
        await assertNothingLeft(board, state);
        assert.equal(requests.length, 3);

        await board.call("passTime", 31);
        assert.deepEqual(await status(), { breaker: "half-open", failures: 3, retryAfterS: 0 });
        assert.deepEqual((await two()).seen.map(endOf), ["500, 1", "E_BREAKER_OPEN in queued, 0"]);
        assert.deepEqual(await status(), { breaker: "open", failures: 4, retryAfterS: 45 });
        await board.call("passTime", 40);
        assert.equal(endOf(await ask()), "E_BREAKER_OPEN in queued, 0");
        await board.call("passTime", 6);
        reply = ends(200);
        assert.equal(endOf(await ask()), "200, 1");
        assert.deepEqual((await two()).seen.map(endOf), ["200, 1", "200, 1"]);
        assert.deepEqual(await status(), { breaker: "closed", failures: 0, retryAfterS: 0 });
      });

      test("that opens between two attempts ends the request with the last result", async () => {
        await open({ breakerFailures: 2 });
        reply = first(100, hangsUp);
        assert.equal(endOf(await ask()), "E_NO_RESPONSE in first-byte, 2");
        assert.equal(requests.length, 2);
      });

      test("that another request opens during a pause ends it there", async () => {
        await open({ breakerFailures: 2, firstPauseMs: 900, longestPauseMs: 900 });
        reply = (response, count, request) => (request.url === "/1" ? ends(503) : ends(500))(response, count, request);
        const { seen } = await askAll(...["1", "2"].map((path) => ({ options: { url: `http://${server.address}/${path}` } })));
        assert.ok(["E_BREAKER_OPEN in queued, 1", "503, 1"].includes(endOf(seen[0]!)), endOf(seen[0]!));
        assert.equal(requests.length, 2);
      });

      test("counts neither what the program did nor what the server refused, and an aborted trial leaves the next one", async () => {
        await open({ breakerFailures: 1, attempts: 1 });
        for (const options of [{ method: "G E T" }, { limits: { bodyBytes: 1 } }]) await ask(options);
        reply = ends(404);
        await ask();
        reply = () => undefined;
        await ask({}, { abortAfterMs: 50 });
        assert.deepEqual(await status(), { breaker: "closed", failures: 0, retryAfterS: 0 });
        await open({ breakerFailures: 2, attempts: 1 });
        reply = ends(500);
        await ask();
        await ask({ method: "G E T" });
        await ask();
        assert.equal(endOf(await ask()), "E_BREAKER_OPEN in queued, 0");
        await board.call("passTime", 31);
        reply = () => undefined;
        assert.match(endOf(await ask({}, { abortAfterMs: 50 })), /^E_ABORTED in first-byte, 1$/);
        reply = ends(200);
        assert.equal(endOf(await ask()), "200, 1");
      });
    });

    describe("abort()", () => {
      test("in a pause, and in onRetry", async () => {
        await open({ firstPauseMs: 30_000, longestPauseMs: 30_000 });
        reply = ends(503);
        const state = await lookAt(board);
        const inPause = await ask({}, { abortAfterMs: 150 });
        assert.deepEqual([endOf(inPause), inPause.error?.message, typeof inPause.error?.phasesMs, inPause.error?.blocking], ["E_ABORTED in queued, 1", "aborted", "object", ["connect"]]);
        assert.equal(endOf(await ask({}, { abortOnRetry: true })), "E_ABORTED in queued, 1");
        await assertNothingLeft(board, state);
        assert.equal(requests.length, 2);
      });

      test("at any time, once, and nothing is left or sent afterwards", async () => {
        await open({ attempts: 1000, firstPauseMs: 10, longestPauseMs: 10 });
        const state = await lookAt(board);
        for (const failing of [ends(503), hangsUp, isCut]) {
          reply = failing;
          for (let abortAfterMs = 0; abortAfterMs < 40; abortAfterMs += 5) {
            const seen = await ask({}, { abortAfterMs });
            assert.match(endOf(seen), /^(E_ABORTED|E_NO_RESPONSE|E_TRUNCATED|503)\b/);
          }
        }
        const arrived = requests.length;
        await assertNothingLeft(board, state);
        assert.equal(requests.length, arrived);
        reply = ends(200);
        assert.equal(endOf(await ask()), "200, 1");
      });
    });

    test("a number of the policy that is none is refused", async () => {
      assert.match(JSON.stringify(await open({ attempts: "many" })), /"E_OPTION".*attempts: \\"many\\"/);
    });

    describe("the pauses", () => {
      test("are never longer than they may be", async () => {
        const cases = fc.sample(fc.tuple(fc.nat(5_000), fc.nat(60_000), fc.integer({ min: 1, max: 200 })), { numRuns: 60, seed: 6 });
        const pauses = (await board.call("pauses", cases)) as number[];
        pauses.forEach((ms, index) => {
          const [firstMs, longestMs, failures] = cases[index]!;
          assert.ok(ms >= 0 && ms <= Math.min(firstMs * 2 ** (failures - 1), longestMs) && Number.isInteger(ms), `${ms} for ${cases[index]!.join()}`);
        });
      });

      test("are spread over the whole range, and others on each board", async () => {
        const [one, other] = await Promise.all([seriesAtBoot(target), seriesAtBoot(target)]);
        assert.notDeepEqual(one, other);
        for (const pauses of [one, other]) assertSpread(pauses);
      });
    });
  });
}

/** The first pauses of a board that has just been switched on. */
async function seriesAtBoot(target: Target): Promise<number[]> {
  const board = await DeviceBoard.start(target);
  try {
    assert.equal(await board.load(bundle, target.form), "ready");
    return (await board.call("series", { longestMs: SERIES_LONGEST_MS, count: SERIES })) as number[];
  } finally {
    await board.stop();
  }
}

/** Six standard deviations of the mean, and of the number in a tenth: by chance once in a hundred million runs. */
function assertSpread(pauses: number[]): void {
  const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
  const tenths = Array<number>(10).fill(0);
  for (const ms of pauses) tenths[Math.min(9, Math.floor((ms * 10) / SERIES_LONGEST_MS))]!++;
  assert.ok(Math.abs(mean - SERIES_LONGEST_MS / 2) < 6 * SERIES_LONGEST_MS / Math.sqrt(12 * pauses.length), `mean ${mean}`);
  for (const count of tenths) assert.ok(Math.abs(count - pauses.length / 10) < 6 * Math.sqrt(pauses.length * 0.09), tenths.join());
}
