// What a request may cost in JsVars on a real interpreter, against the raw socket on the same servers: the part of `npm run bench` that is soon done.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { makeBoards } from "../../scripts/bench/cells.ts";
import type { BenchBoard } from "../../scripts/bench/interpreter-run.ts";
import { JOBS, STREAM_SIZES, type Job } from "../../scripts/bench/jobs.ts";
import { findPeakBlocks, measureQuickly, type Bench } from "../../scripts/bench/measure.ts";
import { startServers, type BenchServers } from "../../scripts/bench/servers.ts";
import { REACHES_RAM, SKIP_WITHOUT_INTERPRETER } from "../tls/real-interpreter.ts";

/** 240 with a verified server, 170 without TLS. */
const MOST_ABOVE_FLOOR_BLOCKS = 260;
/** A stream holds a piece twice while it is cut from the head. */
const MOST_ABOVE_FLOOR_STREAM_BLOCKS = 150;
/** What is received at once differs between runs. */
const PEAK_TOLERANCE_BLOCKS = 8;

const job = (wanted: string): Job => [...JOBS, ...STREAM_SIZES].find(({ name }) => name === wanted)!;

describe("what a request costs in JsVars", { skip: SKIP_WITHOUT_INTERPRETER }, () => {
  let servers: BenchServers;
  let boards: Awaited<ReturnType<typeof makeBoards>>;
  let bench: Bench;
  before(async () => {
    servers = await startServers([...JOBS, ...STREAM_SIZES]);
    boards = await makeBoards(process.env["ESPRUINO_BIN"]!, ["floor", "client"], servers.ca);
    bench = { servers, verify: REACHES_RAM, unit: "instructions", isQuick: true };
  });
  after(async () => {
    await servers?.stop();
    await boards?.remove();
  });

  const client = (): BenchBoard => boards.boards.get("client")!;
  const floor = (): BenchBoard => boards.boards.get("floor")!;

  for (const secure of [false, true]) {
    for (const name of ["get-200", "post-200"]) {
      test(`${name}, ${secure ? "TLS" : "plain"}: nothing is left behind, and little is taken`, async (context) => {
        const { check, leftBlocks } = await measureQuickly(client(), job(name), secure, bench);
        assert.deepEqual(check, { works: true });
        assert.deepEqual(leftBlocks, { second: 0, last: 0 }, "a request leaves JsVars behind");
        const [own, least] = [await findPeakBlocks(client(), job(name), secure, bench), await findPeakBlocks(floor(), job(name), secure, bench)];
        context.diagnostic(`left ${leftBlocks!.second}, ${leftBlocks!.last}; at the peak ${own}, raw socket ${least}`);
        if (own === undefined || least === undefined) return context.skip("the memory of this interpreter grows");
        assert.ok(own - least <= MOST_ABOVE_FLOOR_BLOCKS, `${own - least} JsVars more than the raw socket`);
      });
    }
  }

  test("a stream of 1 MB takes no more memory than one of 100 KB, and little more than on the raw socket", async (context) => {
    const [small, large] = [await findPeakBlocks(client(), job("length-100k"), false, bench), await findPeakBlocks(client(), job("length-1m"), false, bench)];
    if (small === undefined || large === undefined) return context.skip("the memory of this interpreter grows");
    assert.ok(large - small <= PEAK_TOLERANCE_BLOCKS, `${large} JsVars at the peak, and ${small} for a tenth of the bytes`);
    const least = (await findPeakBlocks(floor(), job("length-1m"), false, bench))!;
    assert.ok(large - least <= MOST_ABOVE_FLOOR_STREAM_BLOCKS, `${large - least} JsVars more than the raw socket`);
  });
});
