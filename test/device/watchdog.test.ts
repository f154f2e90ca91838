// The chip's watchdog, fed by the loops of a program; node engine, whose virtual chip bites.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";

/** The 120 s of the chip pass in 1.2 s. */
const FAST = 100;
const RESTARTED = /^Rebooting/;

let board: DeviceBoard;
let built: { bundles: Record<string, BuiltBundle> };
before(async () => {
  built = await buildPrograms("watched");
  board = await DeviceBoard.start(MINIFIED_TARGETS[0]!);
});
after(async () => {
  await board.stop();
});
beforeEach(async () => {
  assert.equal(await board.load(built.bundles["watched"]!, "minified"), "ready");
  await board.ask(`startWatching(${FAST})`);
});

const beat = (loop: string, everyS: number, times: number): Promise<unknown> => board.call("beat", { loop, everyMs: everyS * 1000, times });
const restarts = (): number => board.printed.filter((line) => RESTARTED.test(line)).length;

test("a program whose loops are heard of goes on, whatever the clock does", async () => {
  await beat("readings", 60, 4);
  await board.ask("setTheClock(1800000000)");
  await beat("delivery", 30, 6);
  await board.untilCount(/^Last beat/, 2);
  assert.equal(restarts(), 0);
  await board.ask('rest("readings")');
  await board.ask('rest("delivery")');
  await beat("wifi", 60, 3);
  await board.untilPrinted(/^Last beat of wifi/);
  assert.equal(restarts(), 0);
});

test("a loop that is lost restarts the board, though the others go on", async () => {
  await beat("readings", 10, 1);
  await beat("delivery", 10, 100);
  await board.untilPrinted(/^Watchdog: nothing heard of readings, the board restarts/);
  await board.untilPrinted(RESTARTED);
});

test("an endless loop restarts the board", async () => {
  board.type("\x10for(;;);\n");
  await board.untilPrinted(RESTARTED);
});

test("a program that has lost all its timers restarts the board", async () => {
  board.type("\x10global['\\xff'].timers&&(function(t){for(var id=1;id<1000;id++)clearInterval(id)})()\n");
  await board.untilPrinted(RESTARTED);
});
