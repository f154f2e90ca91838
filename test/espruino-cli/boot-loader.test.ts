// The boot guard, on boards whose power is cut and comes back.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Board, EngineName } from "../../scripts/board/board.ts";
import { bootCode } from "../../scripts/espruino-cli/boot-code.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { openConsole } from "./board-console.ts";

const OUTCOME_DEADLINE_MS = 20_000;
const NOT_STARTED = /=== failed E_BOOT_LOOP in boot: 3 boots ended within 60 s, so the program is not started\./;
const LONG = process.env.TEST_LONG ? false : "long: npm run test:long";
const GREETING = `print("started");print("=== done");`;
const CRASH = `${GREETING}noSuchFunction();`;

let boards: TestBoards;
let flashFolder: string;
beforeEach(async () => {
  boards = new TestBoards();
  flashFolder = await boards.flashFolder();
});
afterEach(() => boards.release());

/** Cuts the power of the board before, and gives what the next boot prints up to `pattern`; then types a line. */
async function boot(engine: EngineName, before: Board, pattern: RegExp, line = "", answer = /(?:)/): Promise<{ board: Board; text: string }> {
  await before.stop();
  const board = await boards.powerUp(engine, flashFolder);
  const console = await openConsole(board);
  await console.waitFor(pattern);
  if (line) console.type(line);
  await console.waitFor(answer);
  console.close();
  return { board, text: console.text };
}

async function save(board: Board, code: string): Promise<void> {
  await upload({ port: parsePort(board.port), code, into: "flash", outcomeDeadlineMs: OUTCOME_DEADLINE_MS });
}

for (const { engine, skip } of ENGINES) {
  describe(`boot guard on the ${engine} engine`, { skip }, () => {
    test("after three boots that did not last the program is not started, until the next upload", async () => {
      let board = await boards.powerUp(engine, flashFolder);
      await save(board, CRASH);
      for (const _ of ["second", "third"]) ({ board } = await boot(engine, board, /started[^]*=== done/));
      const fourth = await boot(engine, board, NOT_STARTED, `print("REPL","answers")`, /REPL answers/);
      assert.doesNotMatch(fourth.text, /started\r/);
      ({ board } = await boot(engine, fourth.board, NOT_STARTED));
      await save(board, GREETING.replace("started", "new one started"));
      await boot(engine, board, /new one started/);
    });

    test("a boot that lasted clears the count, and so does a program that says it went well", { skip: LONG }, async () => {
      let board = await boards.powerUp(engine, flashFolder);
      const code = GREETING;
      const quick = bootCode("program", code).replace("60000", "20");
      await writeStorage({ port: parsePort(board.port), files: { program: Buffer.from(code), ".bootcde": Buffer.from(quick) } });
      const isGood = `(function w(){if(global.markBootGood)setTimeout(w,5);else print("it ","lasted")})()`;
      for (const _ of "12345") ({ board } = await boot(engine, board, /started/, isGood, /it {2}lasted/));
      await writeStorage({ port: parsePort(board.port), files: { ".bootcde": Buffer.from(bootCode("program", code)) } });
      for (const _ of "1234") ({ board } = await boot(engine, board, /started/, `markBootGood();print("said ","so")`, /said {2}so/));
    });

    test("a program that is not whole does not run", async () => {
      const board = await boards.powerUp(engine, flashFolder);
      const files = { program: Buffer.from(GREETING.slice(0, 20)), ".bootcde": Buffer.from(bootCode("program", GREETING)) };
      await writeStorage({ port: parsePort(board.port), files });
      const { text } = await boot(engine, board, /E_PROGRAM_DAMAGED in boot: program in Storage is not what was uploaded/);
      assert.doesNotMatch(text, /started/);
    });

    test("a full file of events is replaced, and the count goes on in the new one", { skip: LONG }, async () => {
      let board = await boards.powerUp(engine, flashFolder);
      const events = Buffer.from("bs".repeat(19) + "bb");
      const files = { program: Buffer.from(GREETING), ".bootcde": Buffer.from(bootCode("program", GREETING)), ".boots": events };
      await writeStorage({ port: parsePort(board.port), files });
      const show = `print("events",require("Storage").read(".boots").length,require("Storage").read(".boots",0,3))`;
      ({ board } = await boot(engine, board, /started/, show, /events 4000 bbb/));
      await boot(engine, board, NOT_STARTED);
    });
  });
}

for (const [what, statement, skip] of [
  ["reboots the board", "E.reboot();", false],
  ["bites the watchdog", "E.enableWatchdog(0.05,false);", LONG],
] as const) {
  test(`a program that ${what} as soon as it starts is stopped after three boots, and can be replaced`, { skip }, async () => {
    const board = await boards.powerUp("node", flashFolder);
    const port = parsePort(board.port);
    const end = await upload({ port, code: `print("started");${statement}`, into: "flash", outcomeDeadlineMs: OUTCOME_DEADLINE_MS });
    assert.equal(end.outcome && !end.outcome.isDone && end.outcome.code, "E_BOOT_LOOP");
    assert.equal(end.output.filter((line) => line.endsWith("started")).length, 3);
    await save(board, GREETING);
  });
}

test("functions of a saved program stay in flash", { skip: ENGINES[1]!.skip || LONG }, async () => {
  const board = await boards.powerUp("espruino", flashFolder);
  await save(board, `function big(){return "${"0123456789".repeat(1_000)}"}${GREETING}`);
  const { text } = await boot("espruino", board, /started/, `print("usage",process.memory().usage)`, /usage \d+\r/);
  assert.ok(Number(/usage (\d+)/.exec(text)?.[1]) < 200, text);
});

test("a program that reboots a real interpreter is not started the fourth time", { skip: ENGINES[1]!.skip || LONG }, async () => {
  let board = await boards.powerUp("espruino", flashFolder);
  await save(board, `${GREETING}setTimeout(function(){E.reboot()},300)`);
  for (let boots = 1; boots < 3; boots++) {
    await board.exited;
    board = await boards.powerUp("espruino", flashFolder);
  }
  await board.exited;
  await boot("espruino", board, NOT_STARTED);
});

test("on the interpreter's own clock: a boot counts as good after a minute", { skip: LONG, timeout: 90_000 }, async () => {
  const board = await boards.powerUp("node", flashFolder);
  await save(board, GREETING);
  const console = await openConsole(board);
  console.type(`var left=setInterval(function(){if(!global.markBootGood)print("events",require("Storage").read(".boots",0,2))},1000)`);
  await console.waitFor(/events bs/);
  console.close();
});
