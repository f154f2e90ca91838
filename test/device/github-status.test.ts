// The program github-status as a board runs it: against the local cloud's stand-in, and against servers that answer with something else.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import tls from "node:tls";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { GITHUB_HOST, startGitHub, type GitHub, type GitHubOptions } from "../../scripts/cloud/github.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { startTimeServer, type TimeServer } from "../../scripts/cloud/time-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { ACCESS_POINT, buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";

/** The last line that a board prints when it has started: a real interpreter, and the virtual board. */
const BANNER_END = /Donate$|virtual board/;
const CA_FILE = "ca.der";
const TOKEN = "github_pat_0123456789";
const KNOWN = { owner: "esp8266", repo: "Arduino", ref: "master" };

const NOT_LONG = process.env["TEST_LONG"] ? false : "only with --long";

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [GITHUB_HOST] });
let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("src/github-status");
  bundle = built.bundles["src/github-status"]!;
});

/** What the stand-in is, what the settings say, and how the program ends: its last lines. */
interface Scene {
  name: string;
  cloud?: GitHubOptions;
  github?: Record<string, unknown>;
  /** Answers this instead of the stand-in. */
  answer?: string;
  ends: RegExp;
  /** Part of the short run. */
  isBrief?: boolean;
}

const json = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const PASSED = /^Build of esp8266\/Arduino master passed\. State: success\n=== done$/m;

const SCENES: Scene[] = [
  { name: "success, behind 120 KB of other states", ends: PASSED },
  { name: "success, behind 30 KB of other states", cloud: { bytes: 30_000 }, ends: PASSED, isBrief: true },
  { name: "success, at the start as GitHub has it", cloud: { stateAt: "start" }, ends: PASSED },
  { name: "a build that failed is a run that succeeded", cloud: { state: "failure", stateAt: "start" }, ends: /^Build of .* FAILED\. State: failure\n=== done$/m, isBrief: true },
  { name: "error", cloud: { state: "error", bytes: 1 }, ends: /^Build of .* FAILED \(error\)\. State: error\n=== done$/m },
  { name: "pending", cloud: { state: "pending", bytes: 1 }, ends: /^Build of .* is not finished\. State: pending\n=== done$/m },
  { name: "a ref with a slash and a blank", cloud: { ref: "heads/my branch", bytes: 1 }, github: { ref: "heads/my branch" }, ends: /^Build of esp8266\/Arduino heads\/my branch passed/m },
  { name: "the right token", cloud: { token: TOKEN, bytes: 1 }, github: { token: TOKEN }, ends: PASSED },
  { name: "a wrong token", cloud: { token: TOKEN }, github: { token: "ghp_wrong" }, ends: /^=== failed E_STATUS in response: 401 Unauthorized, \d+ requests left$/m },
  { name: "a token that is none", github: { token: "a b" }, ends: /^=== failed E_OPTION in options: token/m },
  { name: "an unknown repository", github: { repo: "Arduin0" }, ends: /^=== failed E_STATUS in response: 404 not known to this client: esp8266\/Arduin0 master$/m, isBrief: true },
  { name: "an unknown ref", github: { ref: "no-such" }, ends: /^=== failed E_STATUS in response: 422 not known to this client: .* no-such$/m },
  { name: "no requests left", cloud: { rateLimit: { requests: 0, retryAfterS: 60 } }, ends: /^=== failed E_RATE_LIMIT in response: 403, no requests left$/m, isBrief: true },
  { name: "forbidden for another reason", answer: "HTTP/1.1 403 Forbidden\r\nX-RateLimit-Remaining: 59\r\nContent-Length: 0\r\n\r\n", ends: /^=== failed E_STATUS in response: 403 Forbidden, 59 requests left$/m },
  { name: "forbidden as a client without User-Agent is", answer: "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", ends: /^=== failed E_STATUS in response: 403 Forbidden$/m },
  { name: "a pin of another certificate", github: { pins: ["0".repeat(64)] }, ends: /^=== failed E_PIN_MISMATCH in handshake: [\da-f]{64}$/m, isBrief: true },
  { name: "no state", answer: json('{"statuses":[{"state":"success"}]}'), ends: /^=== failed E_JSON in response: no state, or none that is known: undefined$/m, isBrief: true },
  { name: "a state that nobody knows", answer: json('{"state":"constructor"}'), ends: /^=== failed E_JSON in response: no state, or none that is known: constructor$/m },
  { name: "a state that is no text", answer: json('{"state":["success"]}'), ends: /^=== failed E_JSON in response: no state/m },
  { name: "no JSON", answer: json('{"statuses":[{"state":"success"},]}'), ends: /^=== failed E_JSON in body: byte 33: "\]"$/m, isBrief: true },
  { name: "a page", answer: json("<html>"), ends: /^=== failed E_JSON in body: byte 0: "<"$/m },
  { name: "a body that is cut short", answer: json('{"statuses":[').replace("Length: 13", "Length: 99"), ends: /^=== failed E_TRUNCATED in body/m },
  { name: "settings without github", github: { owner: undefined, repo: undefined, ref: undefined, pins: undefined }, ends: /^=== failed E_SETTINGS in settings: github lacks owner, repo, ref$/m, isBrief: true },
  { name: "settings without pins: the root alone decides", github: { pins: [] }, ends: PASSED },
];

/** A server that answers every request with the same bytes. */
async function startSayingOnly(answer: string): Promise<LoopbackServer> {
  const server = tls.createServer(serverTls(issued), (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.from(answer, "latin1")));
  });
  return await listenOnLoopback(server);
}

for (const target of MINIFIED_TARGETS) {
  describe(`github-status, ${target.engine} engine`, { skip: target.skip }, () => {
    const canVerify = target.engine === "node" || REACHES_RAM;
    let board: DeviceBoard;
    let time: TimeServer;
    before(async () => {
      time = await startTimeServer({});
      board = await DeviceBoard.start(target, { storage: { [CA_FILE]: authority.der } });
      await board.store("program", await readFile(bundle[target.form]));
    });
    after(() => Promise.all([board.stop(), time.stop()]));

    /** Runs the program on the board, freshly reset; gives what it printed. */
    async function run(server: LoopbackServer, github: object): Promise<string> {
      const host = `${GITHUB_HOST}:443`;
      board.printed = [];
      board.type("\x10reset()\n");
      // What is typed while it resets can be lost.
      await board.untilPrinted(BANNER_END);
      await board.store("settings.json", {
        wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] }, ...(board.ram && { ram: board.ram }), ...(!canVerify && { verify: "none" }),
        connectTo: { [host]: server.address, "pool.ntp.org:123": time.address }, trustAnchors: { [host]: CA_FILE }, github,
      });
      board.printed = [];
      board.type('\x10load("program")\n');
      await board.untilPrinted(/^=== /);
      return board.printed.join("\n");
    }

    for (const { name, cloud, github, answer, ends, isBrief } of SCENES) {
      const needsVerification = /pin/.test(name) && github?.["pins"] !== undefined && !/settings/.test(name);
      test(name, { skip: (!isBrief && NOT_LONG) || (needsVerification && !canVerify) }, async () => {
        const standIn = await startGitHub(issued, cloud);
        const server = answer === undefined ? standIn : await startSayingOnly(answer);
        try {
          const printed = await run(server, { ...KNOWN, pins: standIn.pins, ...github });
          assert.match(printed, ends);
          assert.ok(!printed.includes(TOKEN));
          if (canVerify && /=== done/.test(printed)) assert.match(printed, github?.["pins"] ? /^Server verified by ca: api\.github\.com/m : /^Server verified by ca, pin: api\.github\.com/m);
          if (/=== done/.test(printed)) assertPolite(standIn, github);
        } finally {
          await Promise.all([standIn.stop(), server.stop()]);
        }
      });
    }

    test("reads no further than to the state", async () => {
      let connection: tls.TLSSocket | undefined;
      const server = tls.createServer(serverTls(issued), (socket) => {
        connection = socket.on("error", () => undefined);
        const more = (error?: Error | null): void => void (error || socket.destroyed || socket.write("x".repeat(10_000), more));
        socket.once("data", () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n{"state":"success","x":"');
          more();
        });
      });
      const endless = await listenOnLoopback(server);
      try {
        assert.match(await run(endless, { ...KNOWN, pins: [createHash("sha256").update(issued.der).digest("hex")] }), PASSED);
        assert.ok(connection!.bytesWritten < 20_000_000, `${connection!.bytesWritten} bytes`);
      } finally {
        await endless.stop();
      }
    });

    test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
  });
}

/** What GitHub asks of a client. */
function assertPolite({ requests }: GitHub, github: Record<string, unknown> | undefined): void {
  const head = requests.at(-1)!.headBytes.toString("latin1");
  assert.match(head, /^GET \/repos\/esp8266\/Arduino\/commits\/\S+\/status HTTP\/1\.1\r\nHost: api\.github\.com\r\n/);
  assert.match(head, /\r\nUser-Agent: espruino-https github-status\r\n/);
  assert.match(head, /\r\nAccept: application\/vnd\.github\+json\r\n/);
  assert.equal(/\r\nAuthorization: Bearer (.*)\r\n/.exec(head)?.[1], github?.["token"]);
}
