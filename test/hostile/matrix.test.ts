// Every hostile server: each request ends in the error named, in time, leaves nothing behind, and does not spoil the next one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { startEcho } from "../../scripts/cloud/echo.ts";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "../device/board-run.ts";
import { assertNothingLeft, lookAt } from "../device/outcome.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { createHostileCertificates, type HostileCertificates } from "./certificates.ts";
import { assertEnded, MATRIX, prepareBoard, startServer, visit } from "./matrix.ts";

/** Most cases wait for a deadline: so many boards of an engine go through the matrix at the same time. */
const BOARDS = 4;
/** The firmware says so itself. */
const USUAL_COMPLAINT = /^ERROR: Connect failed/;

let bundle: BuiltBundle;
let certificates: HostileCertificates;
let echo: LoopbackServer;
before(async () => {
  const built = await buildPrograms("hostile");
  bundle = built.bundles["hostile"]!;
  certificates = await createHostileCertificates();
  echo = await startEcho(undefined);
});
after(async () => {
  await echo?.stop();
});

test("the matrix has no case twice", () => {
  const names = MATRIX.map(({ name }) => name);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
  assert.ok(names.length >= 60);
});

for (const target of MINIFIED_TARGETS) {
  const isVerified = target.engine === "node" || REACHES_RAM;
  describe(`hostile servers, ${target.engine} engine`, { skip: target.skip, concurrency: BOARDS }, () => {
    for (let lane = 0; lane < BOARDS; lane++) {
      describe(`board ${lane + 1}`, { concurrency: 1 }, () => {
        let board: DeviceBoard;
        before(async () => {
          board = await DeviceBoard.start(target);
          assert.equal(await board.load(bundle, target.form), "ready");
          await prepareBoard(board, certificates);
          await askForGood();
        });
        after(() => board?.stop());

        async function askForGood(): Promise<void> {
          const { end } = (await board.call("ask", { options: { url: `http://${echo.address}/echo` } })) as { end: string };
          assert.equal(end, "200");
        }

        for (const each of MATRIX.filter((_, index) => index % BOARDS === lane)) {
          test(`${each.name}: ${[each.ends].flat().join(" or ")}`, { skip: each.tls && !isVerified && "no verification without peek and poke" }, async (context) => {
            const server = await startServer(each, certificates);
            context.after(() => server.stop());
            const state = await lookAt(board);
            board.printed = [];
            assertEnded(each, await visit(board, each, server.address, certificates));
            await assertNothingLeft(board, state);
            assert.deepEqual([board.complaints().filter((line) => !USUAL_COMPLAINT.test(line)), board.heapFaults()], [[], []]);
            await askForGood();
          });
        }
      });
    }
  });
}
