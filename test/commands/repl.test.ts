import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { isLeavingKey } from "../../scripts/repl/leaving-keys.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { runVerb, startVerb } from "./run-verb.ts";

let boards: TestBoards;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(() => boards.release());

for (const { engine, skip } of ENGINES) {
  describe(`npm run repl at the ${engine} engine`, { skip }, () => {
    test("what is piped in is typed, and the answer shown", async () => {
      const { port } = await boards.powerUp(engine);
      const { exitCode, text } = await runVerb("repl", ["--port", port], { input: "6*7\n" });
      assert.equal(exitCode, 0);
      assert.match(text, /=42\r\n>/);
    });

    test("a board that goes away ends it with 1", async () => {
      const board = await boards.powerUp(engine);
      const terminal = startVerb("repl", ["--port", board.port]);
      terminal.child.stdin?.write("6*7\n");
      await terminal.waitFor(/=42/);
      await board.stop();
      const { exitCode, text } = await terminal.ended;
      assert.equal(exitCode, 1);
      assert.match(text, /The board at tcp:\S+ went away\./);
    });
  });
}

const CTRL_C = Buffer.from([3]);
const CTRL_D = Buffer.from([4]);

test("Ctrl-D leaves; Ctrl-C leaves when it comes twice within a second with nothing in between", () => {
  assert.equal(isLeavingKey()(CTRL_D, 0), true);
  const twice = isLeavingKey();
  assert.deepEqual([twice(CTRL_C, 0), twice(CTRL_C, 900)], [false, true]);
  const slowly = isLeavingKey();
  assert.deepEqual([slowly(CTRL_C, 0), slowly(CTRL_C, 1_100)], [false, false]);
  const typing = isLeavingKey();
  assert.deepEqual([typing(CTRL_C, 0), typing(Buffer.from("x"), 100), typing(CTRL_C, 200)], [false, false, false]);
  assert.equal(isLeavingKey()(Buffer.from([3, 3]), 0), true);
});

test("a serial port that cannot be opened is named, with exit code 1", async () => {
  const { exitCode, text } = await runVerb("repl", ["--port", "/dev/null"]);
  assert.equal(exitCode, 1);
  assert.match(text, /There is no serial port \/dev\/null that this computer lists/);
});
