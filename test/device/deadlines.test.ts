// Every wait of a request ends at its deadline: never before it, at most 10 % and 150 ms after it by the board's own clock, in
// its own error, and with nothing left behind.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startEcho } from "../../scripts/cloud/echo.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import type { MisbehaviourName } from "../../scripts/cloud/misbehaviours.ts";
import { startMisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { ask, assertNothingLeft, endOf, lookAt, type Outcome, type Question } from "./outcome.ts";

const SILENT_HOST = "silent.example.com";
const DEADLINE_MS = 1_000;
/** Room for two bytes of a server that sends one a second. */
const DRIP_DEADLINE_MS = 2_200;
/** So much may an error be late: a share of its deadline, and a fixed part. */
const LATE_SHARE = 0.1;
const LATE_MS = 150;

interface DeadlineCase {
  /** Only with TEST_LONG=1. */
  isLong?: boolean;
  name: string;
  server: MisbehaviourName | "unread" | "none";
  encrypted?: boolean;
  deadlines: Record<string, number>;
  ends: string;
  question?: Partial<Question>;
  /** From the last byte received, where the deadline is one of idleness; default: the phase. */
  waited?: (outcome: Outcome) => number;
}

const sinceLastByte = ({ quietMs }: Outcome): number => quietMs;
const wholeTime = ({ tookMs }: Outcome): number => tookMs;

/** From the start of the phase that the error names to the callback, by the board's clock. */
function inLastPhase({ tookMs, error }: Outcome): number {
  const { phase, phasesMs } = error!;
  // A head is part of what the board counts as the body.
  const last = phase === "head" ? "body" : phase;
  const earlier = Object.entries(phasesMs).filter(([name]) => name !== last && name !== "total");
  return tookMs - earlier.reduce((sum, [, ms]) => sum + ms, 0);
}

const transports = [{ encrypted: false, over: "plain TCP" }, { encrypted: true, over: "TLS" }];

const CASES: DeadlineCase[] = [
  { name: "has a silent name server", server: "none", deadlines: { dnsMs: DEADLINE_MS }, ends: "E_TIMEOUT_DNS in dns" },
  { name: "has a silent name server, by the total", server: "none", deadlines: { totalMs: DEADLINE_MS }, ends: "E_TIMEOUT_TOTAL in dns", waited: wholeTime },
  { name: "stays silent, TLS", server: "silent", encrypted: true, deadlines: { handshakeMs: DEADLINE_MS }, ends: "E_TIMEOUT_HANDSHAKE in handshake" },
  { name: "stops in the handshake", server: "stops-in-handshake", encrypted: true, deadlines: { handshakeMs: DEADLINE_MS }, ends: "E_TIMEOUT_HANDSHAKE in handshake" },
  { isLong: true, name: "stops in the handshake, by the total", server: "stops-in-handshake", encrypted: true, deadlines: { totalMs: DEADLINE_MS }, ends: "E_TIMEOUT_TOTAL in handshake", waited: wholeTime },
  {
    name: "never reads", server: "unread", deadlines: { idleMs: DEADLINE_MS }, ends: "E_TIMEOUT_IDLE in request",
    question: { pieces: 1e6, pieceBytes: 1000 }, waited: sinceLastByte,
  },
  ...transports.flatMap(({ encrypted, over }): DeadlineCase[] => [
    { name: `never answers, ${over}`, server: "never-answers", encrypted, deadlines: { firstByteMs: DEADLINE_MS }, ends: "E_TIMEOUT_FIRST_BYTE in first-byte" },
    { isLong: encrypted, name: `stops in the head, ${over}`, server: "stops-in-head", encrypted, deadlines: { idleMs: DEADLINE_MS }, ends: "E_TIMEOUT_IDLE in head" },
    { name: `stops in the body, ${over}`, server: "stops-in-body", encrypted, deadlines: { idleMs: DEADLINE_MS }, ends: "E_TIMEOUT_IDLE in body", question: { streams: true }, waited: sinceLastByte },
    { isLong: !encrypted, name: `drips the head, ${over}`, server: "drips-head", encrypted, deadlines: { totalMs: DRIP_DEADLINE_MS }, ends: "E_TIMEOUT_TOTAL in head", waited: wholeTime },
    { isLong: encrypted, name: `drips the body, ${over}`, server: "drips-body", encrypted, deadlines: { totalMs: DRIP_DEADLINE_MS }, ends: "E_TIMEOUT_TOTAL in body", waited: wholeTime },
  ]),
];

/** A server whose clients can send only until the buffers between them are full. */
function startUnreadServer(): Promise<LoopbackServer> {
  return listenOnLoopback(net.createServer({ pauseOnConnect: true }));
}

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: ["www.example.com"] });
let bundle: BuiltBundle;

before(async () => {
  const built = await buildPrograms("requester");
  bundle = built.bundles["requester"]!;
});

function startServer({ server, encrypted }: DeadlineCase): Promise<LoopbackServer> | undefined {
  if (server === "none") return undefined;
  if (server === "unread") return startUnreadServer();
  return startMisbehavingServer(server, encrypted ? { issued } : {});
}

for (const target of MINIFIED_TARGETS) {
  describe(`deadlines, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let echo: LoopbackServer;
    before(async () => {
      echo = await startEcho(undefined);
      board = await DeviceBoard.start(target, { world: { hosts: { [SILENT_HOST]: "silent" } } });
      assert.equal(await board.load(bundle, target.form), "ready");
      await ask(board, { options: { url: `http://${echo.address}/echo` } });
    });
    after(async () => {
      await board.stop();
      await echo.stop();
    });

    for (const each of CASES.filter(({ isLong }) => !isLong || process.env["TEST_LONG"])) {
      test(`a server that ${each.name}: ${each.ends}`, async (context) => {
        const server = await startServer(each);
        context.after(() => server?.stop());
        const state = await lookAt(board);
        const url = `http${each.encrypted ? "s" : ""}://${server?.address ?? SILENT_HOST}/`;
        const outcome = await ask(board, { ...each.question, options: { url, verify: "none", deadlines: each.deadlines, ...bodyOptions(each) } });
        assert.equal(endOf(outcome), each.ends);
        assertInTime((each.waited ?? inLastPhase)(outcome), Object.values(each.deadlines)[0]!);
        await assertNothingLeft(board, state);
        if (each.server !== "unread") assert.equal(server?.openConnections() ?? 0, 0);
        assert.deepEqual(board.complaints(), []);
        const good = await ask(board, { options: { url: `http://${echo.address}/echo` } });
        assert.equal(good.response?.statusCode, 200);
      });
    }
  });
}

/** A body from a function needs its length said. */
function bodyOptions({ question }: DeadlineCase): object {
  return question?.pieces ? { method: "POST", headers: { "Content-Length": 1_000_000_000 } } : {};
}

function assertInTime(waitedMs: number, deadlineMs: number): void {
  const latestMs = deadlineMs * (1 + LATE_SHARE) + LATE_MS;
  assert.ok(waitedMs >= deadlineMs, `${waitedMs} ms are less than the deadline of ${deadlineMs} ms`);
  assert.ok(waitedMs <= latestMs, `${waitedMs} ms are more than ${latestMs} ms`);
}
