// Many requests in a row, a third of them failing in random ways: in the end the board is as it was after the first few.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "../device/board-run.ts";
import { lookAt } from "../device/outcome.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { OK } from "./cases/ends-of-connections.ts";
import { createHostileCertificates, type HostileCertificates } from "./certificates.ts";
import { assertEnded, MATRIX, prepareBoard, startServer, visit } from "./matrix.ts";
import type { HostileCase } from "./play.ts";
import { randomSource } from "../../scripts/fuzz/random-source.ts";

const SEED = 6;
const REQUESTS = 2_000;
const FAILING_SHARE = 1 / 3;
/** After so many the board has all that it keeps for good. */
const WARM_UP = 10;
/** How often the lists and the memory are looked at. */
const LOOK_EVERY = 200;
/** What modules/journal.ts keeps for status(): the last requests. */
const JOURNAL_ENTRIES = 4;
/** A case that waits for long would make the run as long as all others together. */
const LONGEST_DEADLINE_MS = 500;

const GOOD: HostileCase[] = [
  { name: "good", server: { answer: OK, then: "closes" }, ends: "200" },
  { name: "good, TLS", tls: ({ good }) => good, server: { answer: OK, then: "closes" }, ends: "200" },
];

/** Cases that fail, soon, and always in the same way. */
const FAILING = MATRIX.filter(({ ends, deadlines = {} }) => typeof ends === "string" && /^E_/.test(ends) && Math.max(0, ...Object.values(deadlines)) <= LONGEST_DEADLINE_MS);

let bundle: BuiltBundle;
let certificates: HostileCertificates;
const servers = new Map<HostileCase, LoopbackServer>();
before(async () => {
  if (!process.env["TEST_LONG"]) return;
  const built = await buildPrograms("hostile");
  bundle = built.bundles["hostile"]!;
  certificates = await createHostileCertificates();
  for (const each of [...GOOD, ...FAILING]) servers.set(each, await startServer(each, certificates));
});
after(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
});

for (const target of MINIFIED_TARGETS) {
  describe(`soak, ${target.engine} engine`, { skip: process.env["TEST_LONG"] ? target.skip : "only with TEST_LONG" }, () => {
    const isVerified = target.engine === "node" || REACHES_RAM;
    const usable = (cases: HostileCase[]): HostileCase[] => cases.filter(({ tls }) => isVerified || !tls);

    test(`${REQUESTS} requests in a row, seed ${SEED}`, async (context) => {
      const board = await DeviceBoard.start(target);
      context.after(() => board.stop());
      assert.equal(await board.load(bundle, target.form), "ready");
      await prepareBoard(board, certificates);
      const random = randomSource(SEED);
      const one = async (cases: HostileCase[]): Promise<HostileCase> => {
        const each = random.pick(usable(cases));
        assertEnded(each, await visit(board, each, servers.get(each)!.address, certificates));
        return each;
      };
      for (const cases of [GOOD, FAILING]) for (let i = 0; i < WARM_UP / 2; i++) await one(cases);
      const state = await rest(board);
      let failed = 0;
      for (let i = WARM_UP; i < REQUESTS; i++) {
        if (FAILING.includes(await one(random.share() < FAILING_SHARE ? FAILING : GOOD))) failed++;
        if (i % LOOK_EVERY === LOOK_EVERY - 1) assert.deepEqual(await rest(board), state, `after ${i + 1} requests`);
      }
      context.diagnostic(`${failed} of ${REQUESTS - WARM_UP} requests failed, as they had to; ${state.usedBlocks} blocks in use before and after`);
      assert.ok(failed > REQUESTS * FAILING_SHARE * 0.9);
      assert.deepEqual(board.heapFaults(), []);
    });

    /** After as many good requests as the journal keeps, which leave the same whatever came before. */
    async function rest(board: DeviceBoard): Promise<Awaited<ReturnType<typeof lookAt>>> {
      for (const each of Array(JOURNAL_ENTRIES).fill(GOOD[0]) as HostileCase[]) await visit(board, each, servers.get(each)!.address, certificates);
      return await lookAt(board);
    }
  });
}
