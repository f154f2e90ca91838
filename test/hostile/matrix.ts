// All that hostile servers do, and how a board is sent to one of them.
import assert from "node:assert/strict";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import type { DeviceBoard } from "../device/board-run.ts";
import { SHORT_HOST } from "../tls/scenarios.ts";
import { FLOODS, FRAMING, NO_ANSWERS } from "./cases/answers.ts";
import { ENDS_OF_CONNECTIONS } from "./cases/ends-of-connections.ts";
import { HANDSHAKES } from "./cases/handshakes.ts";
import { REDIRECTS } from "./cases/redirects.ts";
import type { HostileCertificates } from "./certificates.ts";
import { startHostileServer } from "./hostile-server.ts";
import { AT_ONCE_MS, type HostileCase } from "./play.ts";

export const MATRIX: HostileCase[] = [...ENDS_OF_CONNECTIONS, ...NO_ANSWERS, ...FLOODS, ...FRAMING, ...HANDSHAKES, ...REDIRECTS];

/** What the program "hostile" answers. Times by the board's clock. */
export interface Seen {
  calls: number;
  callsAtOnce: number;
  tookMs: number;
  /** `CODE in phase`, or the status. */
  end: string;
  message: string;
  streamedBytes: number;
}

/** An end by a deadline comes by a tenth late, and later on a busy computer. */
const LATE_SHARE = 1.5;
const PORT = 443;

/** Sets the clock of a board with the program "hostile", and gives it the certificates. */
export async function prepareBoard(board: DeviceBoard, { der }: HostileCertificates): Promise<void> {
  await board.call("setNow", Date.now() / 1000);
  for (const [name, bytes] of Object.entries(der)) await board.call("keep", { [name]: bytes.toString("base64") });
}

/** Starts the server of a case. */
export function startServer({ server, tls }: HostileCase, certificates: HostileCertificates): Promise<LoopbackServer> {
  return startHostileServer(server, tls?.(certificates));
}

/** Sends the board to the server of a case. It must call back exactly once, and not before request() returned. */
export async function visit(board: DeviceBoard, each: HostileCase, address: string, certificates: HostileCertificates): Promise<Seen> {
  const { tls, host = SHORT_HOST, deadlines, streams, pieces, job, der = { ca: "root" } } = each;
  const { options: jobOptions, ...names } = job?.(certificates) ?? {};
  const connectTo = { [`${host}:${PORT}`]: address };
  const where = tls ? { host, port: PORT, settings: { connectTo, ram: board.ram } } : { url: `http://${address}/` };
  const options = { ...where, ...(deadlines && { deadlines }), ...each.options, ...jobOptions };
  const seen = await board.call("ask", { options, der: tls && (job ? names : der), streams, pieces }) as Seen;
  assert.deepEqual([seen.calls, seen.callsAtOnce], [1, 0]);
  return seen;
}

/** Fails when a visit ended otherwise than the case says, too early, or too late. */
export function assertEnded({ ends, deadlines = {}, withinMs }: HostileCase, { end, message, tookMs }: Seen): void {
  assert.ok([ends].flat().includes(end), `ended in ${end} (${message}) and not in ${[ends].flat().join(" or ")}`);
  const deadlineMs = end.startsWith("E_TIMEOUT_") ? Math.min(...Object.values(deadlines)) : 0;
  const latestMs = withinMs ?? deadlineMs * LATE_SHARE + AT_ONCE_MS;
  assert.ok(tookMs >= deadlineMs, `${tookMs} ms are less than the deadline of ${deadlineMs} ms`);
  assert.ok(tookMs <= latestMs, `${tookMs} ms are more than ${latestMs} ms`);
}
