// Tokens of a service: asked for, kept, renewed, refused; and that whatever the service answers nothing of token and secret is shown.
import assert from "node:assert/strict";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import type { Misbehaviour, MisbehaviourName } from "../../scripts/cloud/misbehaviours.ts";
import { startMisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { OAUTH_HOST, OAUTH_PATH, startOAuthToken, type OAuthTokenOptions } from "../../scripts/cloud/oauth-token.ts";
import type { StrictServer } from "../../scripts/cloud/strict-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { DeviceBoard, type Target } from "./board-run.ts";
import { assertNothingLeft, lookAt } from "./outcome.ts";

const notLong = process.env["TEST_LONG"] ? false : "only with --long";
// On a build with Unicode stringify takes a text that came out of JSON.parse for no UTF-8: stock Linux, no board.
const CREDENTIALS = { clientId: "board-1", clientSecret: `S3cret-of-board-1${process.env["ESPRUINO_BIN"] && !REACHES_RAM ? "" : "é"}`, audience: "https://api.example.com/" };
/** What must be seen nowhere: the secret's ASCII part, and the beginning of every token. */
const SECRETS = /S3cret-of-board|t0ken-that-nobody-may-see/;
const TOKEN = "t0ken-that-nobody-may-see";
/** Between the request and the look at the clock. */
const TOLERATED_S = 3;
const CA_FILE = "ca.der";

interface Outcome {
  error?: { code: string; phase: string; message: string; [fact: string]: unknown };
  isAtOnce: boolean;
  tail?: string;
  bytes?: number;
  type?: string;
  holdsForS?: number;
  hasTls: boolean;
}

interface Answers {
  outcomes: Outcome[];
  retries: [number, string][];
}

type Reply = (response: ServerResponse, count: number) => void;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [OAUTH_HOST] });

/** A service that answers as the test at hand wants. */
class TokenService {
  server!: LoopbackServer;
  requests: { method: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  reply!: Reply;

  static async start(): Promise<TokenService> {
    const service = new TokenService();
    service.server = await listenOnLoopback(http.createServer((request, response) => service.#serve(request, response)));
    return service;
  }

  reset(): void {
    this.requests = [];
    this.reply = gives({ access_token: TOKEN, token_type: "Bearer", expires_in: 3600 });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString("latin1")));
    request.on("end", () => {
      this.requests.push({ method: request.method!, headers: request.headers, body });
      this.reply(response, this.requests.length);
    });
  }
}

/** Answers with this; each token has a number at its end. */
function gives(answer: Record<string, unknown>): Reply {
  return (response, count) => response.end(JSON.stringify({ ...answer, access_token: `${String(answer["access_token"])}-${String(count).padStart(3, "0")}` }));
}

const codeIn = (end: RegExp): string => /E_\w+/.exec(end.source)![0];
const answers = (answer: string): Misbehaviour => ({ handshake: "whole", answer, then: "closes" });
const respond = (status: string, body: string, headers = ""): Misbehaviour => answers(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);
const gave = (answer: object): Misbehaviour => respond("200 OK", JSON.stringify(answer));
const good = { access_token: TOKEN, token_type: "Bearer", expires_in: 60 };

/** What services may answer, and what get() must make of it. */
const REFUSED: [string, Misbehaviour | MisbehaviourName, RegExp][] = [
  ["no JSON", respond("200 OK", `<html>${TOKEN}`), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["JSON that is cut", respond("200 OK", JSON.stringify(good).slice(0, -5)), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["nothing", respond("200 OK", ""), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["a text", respond("200 OK", JSON.stringify(TOKEN)), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["JSON too deep for the stack", respond("200 OK", "[".repeat(8000)), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["no access_token", gave({ token_type: "Bearer", expires_in: 60 }), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["an access_token of the wrong type", gave({ ...good, access_token: [TOKEN] }), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["an access_token with a line end", gave({ ...good, access_token: `${TOKEN}\r\nX: y` }), /^E_OAUTH in response: 200 without a usable access_token$/],
  ["no token_type", gave({ ...good, token_type: undefined }), /^E_OAUTH in response: 200 without a usable token_type$/],
  ["expires_in as a text", gave({ ...good, expires_in: "60" }), /^E_OAUTH in response: 200 without a usable expires_in$/],
  ["a negative expires_in", gave({ ...good, expires_in: -1 }), /^E_OAUTH in response: 200 without a usable expires_in$/],
  ["400", respond("400 Bad Request", '{"error":"invalid_scope"}'), /^E_OAUTH in response: 400 invalid_scope$/],
  ["401 without a code", respond("401 Unauthorized", "go away"), /^E_OAUTH in response: 401$/],
  ["401 that echoes the secret as its code", respond("401 Unauthorized", JSON.stringify({ error: CREDENTIALS.clientSecret })), /^E_OAUTH in response: 401$/],
  ["401 with a sentence as its code", respond("401 Unauthorized", '{"error":"no such client"}'), /^E_OAUTH in response: 401$/],
  ["500 that echoes the request", respond("500 Internal Server Error", `{"request":"${CREDENTIALS.clientSecret}"}`), /^E_STATUS in response: 500$/],
  ["a redirect", respond("302 Found", "", "Location: /elsewhere\r\n"), /^E_STATUS in response: 302$/],
  ["a status line with the token", answers(`TOKEN ${TOKEN}\r\n\r\n`), /^E_STATUS_LINE in \S+: \(not shown\)$/],
  ["a header line with the token", answers(`HTTP/1.1 200 OK\r\n${TOKEN}\r\n\r\n`), /^E_HEADER_LINE in head: \(not shown\)$/],
  ["a chunk size with the token", answers(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{"access_token":"${TOKEN}"}\r\n`), /^E_CHUNK in body: \(not shown\)$/],
  ["an answer that is cut", answers(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"access_token":"${TOKEN}"`), /^E_TRUNCATED in body: /],
  ["an answer that stops in its body", "stops-in-body", /^E_TIMEOUT_TOTAL in body: over 5000 ms$/],
  ["silence", "never-answers", /^E_TIMEOUT_FIRST_BYTE in first-byte: over 10000 ms$/],
];

/** @param bundle of the program "services", once it is built */
export function describeTokens(target: Target, bundle: () => BuiltBundle): void {
  describe(`tokens, ${target.engine} engine`, { skip: target.skip }, () => {
    const canVerify = target.engine === "node" || REACHES_RAM;
    let board: DeviceBoard;
    let service: TokenService;
    let settings: Record<string, unknown>;

    before(async () => {
      service = await TokenService.start();
      board = await DeviceBoard.start(target, { storage: { [CA_FILE]: authority.der } });
      assert.equal(await board.load(bundle(), target.form), "ready");
      await board.call("hurry", 20);
    });
    after(async () => {
      await board.stop();
      await service.server.stop();
    });
    beforeEach(async () => {
      service.reset();
      await board.call("setClock", Date.now() / 1000);
      settings = { ...(board.ram && { ram: board.ram }), ...(!canVerify && { verify: "none" }) };
    });

    const open = (options: Record<string, unknown> = {}): Promise<unknown> =>
      board.call("openTokens", { url: `http://${service.server.address}/oauth/token`, ...CREDENTIALS, ...options });

    async function getAll(count: number): Promise<Answers> {
      const got = (await board.call("getTokens", count)) as Answers;
      assert.doesNotMatch(JSON.stringify(got), SECRETS);
      assert.deepEqual(got.outcomes.map(({ isAtOnce }) => isAtOnce), got.outcomes.map(() => false));
      return got;
    }
    const get = async (): Promise<Outcome> => (await getAll(1)).outcomes[0]!;
    const endOf = ({ error }: Outcome): string => (error ? `${error.code} in ${error.phase}: ${error.message}` : "a token");

    test("those who ask at the same time share one request, and later ones its token", async () => {
      await open();
      await get();
      await board.call("forget", 0);
      const state = await lookAt(board);
      const { outcomes } = await getAll(3);
      assert.deepEqual(outcomes.map(({ tail, bytes, type }) => [tail, bytes, type]), Array(3).fill(["-002", TOKEN.length + 4, "Bearer"]));
      assert.ok(Math.abs(outcomes[0]!.holdsForS! - 3600) <= TOLERATED_S, String(outcomes[0]!.holdsForS));
      assert.equal((await get()).tail, "-002");
      assert.equal(service.requests.length, 2);
      await assertNothingLeft(board, state);
    });

    test("the credentials are sent as JSON in UTF-8", async () => {
      await open();
      await get();
      const [{ method, headers, body }] = service.requests as [TokenService["requests"][number]];
      assert.deepEqual([method, headers["content-type"], headers["content-length"]], ["POST", "application/json", String(body.length)]);
      const { clientId, clientSecret, audience } = CREDENTIALS;
      assert.deepEqual(JSON.parse(Buffer.from(body, "latin1").toString()), { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, audience });
    });

    for (const [answer, heldS, dueS] of [
      [{ expires_in: 3600 }, 3530, 20],
      [{ expires_in: 60 }, 25, 10],
      [{}, 230, 20],
      [{ expires_in: 0 }, 0, 0],
    ] as const) {
      test(`a token with ${JSON.stringify(answer)} is renewed when it is due, and not before`, async () => {
        service.reply = gives({ access_token: TOKEN, token_type: "Bearer", ...answer });
        await open();
        await get();
        if (heldS > 0) {
          await board.call("passTime", heldS);
          assert.equal((await get()).tail, "-001");
        }
        await board.call("passTime", dueS);
        assert.equal((await get()).tail, "-002");
      });
    }

    test("a token that was refused somewhere can be forgotten", async () => {
      await open();
      await get();
      await board.call("forget", 0);
      assert.equal((await get()).tail, "-002");
    });

    for (const [name, misbehaviour, end] of REFUSED) {
      test(`${name}: ${codeIn(end)}`, async (context) => {
        const server = await startMisbehavingServer(misbehaviour);
        context.after(() => server.stop());
        await open({ url: `http://${server.address}/oauth/token` });
        const state = await lookAt(board);
        assert.match(endOf(await get()), end);
        await assertNothingLeft(board, state);
      });
    }

    for (const [retryAfter, atLeastS, atMostS] of [
      ["30", 30, 30],
      [() => new Date(Date.now() + 90_000).toUTCString(), 80, 91],
      ["soon", 60, 60],
      [undefined, 60, 60],
      ["99999999", 86_400, 86_400],
    ] as const) {
      test(`429 with Retry-After ${typeof retryAfter === "function" ? "a date" : retryAfter}: E_RATE_LIMIT, and no request until then`, async () => {
        service.reply = (response, count) => {
          const value = typeof retryAfter === "function" ? retryAfter() : retryAfter;
          if (count > 1) return gives(good)(response, count);
          response.writeHead(429, value === undefined ? {} : { "Retry-After": value }).end(JSON.stringify({ error: TOKEN }));
        };
        await open();
        const first = (await get()).error!;
        assert.equal(first.code, "E_RATE_LIMIT");
        const seconds = first["retryAfterS"] as number;
        assert.ok(seconds >= atLeastS && seconds <= atMostS, String(seconds));
        assert.match(first.message, /^429, again in \d+ s$/);
        await board.call("passTime", seconds - 10);
        const second = (await get()).error!;
        assert.equal(second.code, "E_RATE_LIMIT");
        assert.ok((second["retryAfterS"] as number) <= 10);
        assert.equal(service.requests.length, 1);
        await board.call("passTime", 11);
        assert.equal((await get()).tail, "-002");
      });
    }

    test("connecting is tried again until the service is there", async (context) => {
      const gone = await listenOnLoopback(http.createServer());
      await gone.stop();
      const late = http.createServer((_, response) => gives(good)(response, 7));
      context.after(() => late.close());
      await open({ url: `http://${gone.address}/oauth/token`, tellsRetry: true });
      assert.equal(await board.call("getTokens", 1), "retry");
      late.listen(gone.port, LOOPBACK);
      const { outcomes, retries } = (await board.answer()) as Answers;
      assert.deepEqual([outcomes[0]!.tail, retries[0]], ["-007", [1, "E_CONNECT"]]);
    });

    test("ten attempts to connect, then E_CONNECT", { skip: notLong }, async () => {
      const gone = await listenOnLoopback(http.createServer());
      await gone.stop();
      await open({ url: `http://${gone.address}/oauth/token` });
      const { outcomes, retries } = await getAll(2);
      assert.deepEqual(outcomes.map(({ error }) => error?.code), ["E_CONNECT", "E_CONNECT"]);
      assert.deepEqual(retries.map(([attempt]) => attempt), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    describe("at the stand-in", () => {
      let standIn: StrictServer;

      async function meet(options: OAuthTokenOptions = {}, own: Record<string, unknown> = {}): Promise<Outcome> {
        standIn = await startOAuthToken(issued, CREDENTIALS, { anyServerName: !canVerify, ...options });
        Object.assign(settings, { connectTo: { [`${OAUTH_HOST}:443`]: standIn.address } });
        await open({ url: `https://${OAUTH_HOST}${OAUTH_PATH}`, caFile: CA_FILE, settings, ...own });
        try {
          return await get();
        } finally {
          await standIn.stop();
        }
      }

      test("the right credentials and the right name get a token", async () => {
        const { type, hasTls } = await meet();
        assert.deepEqual([type, hasTls], ["Bearer", true]);
        assert.equal(standIn.requests[0]!.serverName, canVerify ? OAUTH_HOST : standIn.requests[0]!.serverName);
      });

      for (const [name, options, own, end] of [
        ["a wrong secret", {}, { clientSecret: "S3cret-of-board-2" }, /^E_OAUTH in response: 401 invalid_client$/],
        ["a foreign audience", {}, { audience: "https://other.example.com/" }, /^E_OAUTH in response: 403 access_denied$/],
        ["too many requests", { rateLimit: { requests: 0, retryAfterS: 17 } }, {}, /^E_RATE_LIMIT in response: 429, again in 17 s$/],
        ["no verification, so a wrong name or none", { anyServerName: false }, { verify: "none" }, /^E_SNI in handshake: /],
      ] as const) {
        test(`${name}: ${codeIn(end)}`, async () => {
          assert.match(endOf(await meet(options, own)), end);
        });
      }

      test("a clock that is not set: E_CLOCK_UNSET, and the service is not met", { skip: canVerify ? false : "cannot verify" }, async (context) => {
        context.after(() => board.call("stopClock", false));
        await board.call("stopClock", true);
        assert.match(endOf(await meet()), /^E_CLOCK_UNSET in options/);
        assert.equal(standIn.requests.length, 0);
      });
    });

    test("a secret that is no text for JSON is not shown", async () => {
      await open({ secretBase64: Buffer.from("S3cret-of-board-1\x80", "latin1").toString("base64") });
      assert.equal(endOf(await get()), "E_TEXT_INVALID in options: clientId, clientSecret or audience");
    });

    test("nothing that was printed holds secret or token, and the firmware complained about refused connections only", () => {
      assert.doesNotMatch(board.printed.join("\n"), SECRETS);
      assert.deepEqual(board.complaints().filter((line) => line !== "ERROR: Connect failed (err 111)"), []);
    });
  });
}
