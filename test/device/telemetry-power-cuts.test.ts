// Power that goes at any moment while telemetry runs and the network comes and goes: the server ends up with every reading whose put
// returned, each once by its id, in order.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startTelemetry, TELEMETRY_HOST, TELEMETRY_PATH, type Mishap, type Telemetry } from "../../scripts/cloud/telemetry.ts";
import { startTimeServer, type TimeServer } from "../../scripts/cloud/time-server.ts";
import { ACCESS_POINT, PoweredBoard } from "../outbox/powered-board.ts";
import { SKIP_WITHOUT_INTERPRETER } from "../tls/real-interpreter.ts";
import { assertArrivedOnce } from "./arrived.ts";
import { buildPrograms } from "./board-run.ts";

const IS_LONG = Boolean(process.env["TEST_LONG"]);
/** In all; the boards lose their power side by side. (test/outbox/delivery-power-cuts.test.ts cuts 2,000 times in the short run.) */
const CUTS = IS_LONG ? 2_000 : 20;
const KILLS = IS_LONG ? 200 : 8;
const BOARDS = 2;
/** On the real interpreter a request of two segments on a kept connection waits for the server's delayed ACK, 40 ms and more on Linux. */
const INTERVAL_S = { node: 0.02, espruino: 0.12 };
const CA_FILE = "ca.der";
const LINE = /^[\x1b[J>\r]*((Reading \d+|Delivered \d+, \d+ queued).*)$/;
/** What a boot is cut in: no operation on flash, or up to so many; a page is begun every 30 or so. */
const MOST_OPERATIONS = 60;
const MISHAPS: Mishap[] = [503, "hang up", "keep and hang up", 429];

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [TELEMETRY_HOST] });

let built: { bundles: Record<string, BuiltBundle> };
before(async () => {
  built = await buildPrograms("src/telemetry");
});

/** The same numbers at each run (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A board in a field, a server, and what the board says that it has put. */
class Field {
  readonly board: PoweredBoard;
  readonly server: Telemetry;
  readonly #time: TimeServer;
  readonly #put: number[] = [];

  private constructor(board: PoweredBoard, server: Telemetry, time: TimeServer) {
    this.board = board;
    this.server = server;
    this.#time = time;
  }

  static async make(kind: "node" | "espruino"): Promise<Field> {
    // Where its RAM is, a real interpreter's settings would have to be told anew at each power-up.
    const canVerify = kind === "node";
    const [server, time] = await Promise.all([startTelemetry(issued, { anyServerName: !canVerify }), startTimeServer({})]);
    const settings = {
      wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] }, ...(!canVerify && { verify: "none" }),
      connectTo: { [`${TELEMETRY_HOST}:443`]: server.address, "pool.ntp.org:123": time.address },
      trustAnchors: { [`${TELEMETRY_HOST}:443`]: CA_FILE },
      telemetry: { url: `https://${TELEMETRY_HOST}${TELEMETRY_PATH}`, intervalS: INTERVAL_S[kind] },
    };
    const board = await PoweredBoard.make(kind, {
      "settings.json": JSON.stringify(settings), [CA_FILE]: authority.der, program: await readFile(built.bundles["src/telemetry"]!.minified),
      ".bootcde": 'eval(require("Storage").read("program"))',
    }, LINE);
    return new Field(board, server, time);
  }

  note(lines: string[]): void {
    this.#put.push(...lines.flatMap((line) => /^Reading (\d+): .*queued$/.exec(line)?.[1] ?? []).map(Number));
  }

  /** Leaves it in peace until nothing waits, and compares. */
  async check(): Promise<void> {
    this.server.mishaps.length = 0;
    await this.board.powerUp();
    await this.board.linesUntil((lines) => lines.some((line) => /^Delivered \d+, 0 queued/.test(line)));
    this.note(await this.board.cutPower());
    assertArrivedOnce(this.server, this.#put);
  }

  async remove(): Promise<void> {
    await Promise.all([this.board.remove(), this.server.stop(), this.#time.stop()]);
  }
}

/** One life of the board: it boots, reads, delivers, loses the network at times, and then its power inside an operation on flash. */
async function liveUntilCut({ board, server }: Field, random: (below: number) => number): Promise<string[]> {
  if (random(3) === 0) server.mishaps.push(MISHAPS[random(MISHAPS.length)]!);
  await board.powerUp();
  const outage = random(2) === 0 ? setTimeout(() => board.setAccessPoint(false), random(500)) : undefined;
  const end = outage && setTimeout(() => board.setAccessPoint(true), 500 + random(300));
  const { exit, lines } = await board.runUntilCut({ operations: random(MOST_OPERATIONS), seed: random(1_000_000) });
  clearTimeout(outage);
  clearTimeout(end);
  assert.equal(exit.reason, "power cut");
  return lines;
}

for (let number = 1; number <= BOARDS; number++) {
  test(`node engine, board ${number}: ${CUTS / BOARDS} power cuts lose no reading and double none`, { concurrency: true }, async () => {
    const field = await Field.make("node");
    const random = chance(number);
    try {
      for (let cut = 0; cut < CUTS / BOARDS; cut++) field.note(await liveUntilCut(field, random));
      await field.check();
    } finally {
      await field.remove();
    }
  });
}

test(`real interpreter: ${KILLS} kills lose no reading and double none`, { skip: SKIP_WITHOUT_INTERPRETER }, async () => {
  const field = await Field.make("espruino");
  const random = chance(7);
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      if (random(3) === 0) field.server.mishaps.push(MISHAPS[random(MISHAPS.length)]!);
      await field.board.powerUp();
      await field.board.lines(3 + random(30));
      field.note(await field.board.cutPower());
    }
    await field.check();
  } finally {
    await field.remove();
  }
});
