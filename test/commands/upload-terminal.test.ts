// npm run upload in a terminal, as a person has it.
import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { afterEach, beforeEach, describe, test } from "node:test";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { KEYS, NO_TERMINAL, verbInTerminal, type TerminalRun } from "./pseudo-terminal.ts";

const LONG = process.env.TEST_LONG ? false : "long: npm run test:long";
/** A build, an upload and a run, beside other tests. */
const PATIENCE_MS = 60_000;
const PROGRAM = new URL("../../src/howsmyssl.ts", import.meta.url);

let boards: TestBoards;
let terminal: TerminalRun | undefined;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(async () => {
  await terminal?.close();
  await boards.release();
});

for (const { engine, skip } of ENGINES) {
  describe(`npm run upload in a terminal to the ${engine} engine`, { skip: NO_TERMINAL || skip }, () => {
    test("Ctrl-C before the program is there gives 130, and the board takes the next upload", async () => {
      const { port } = await boards.powerUp(engine);
      terminal = verbInTerminal("upload", ["--port", port]);
      await terminal.waitFor(/\[3\/4\] Uploading howsmyssl to RAM at tcp:\S+ with the espruino CLI \.\.\./, PATIENCE_MS);
      terminal.type(KEYS.ctrlC);
      const { exitCode, text } = await terminal.ended;
      assert.equal(exitCode, 130, text);
      assert.match(text, /failed\r\nInterrupted\.\r\nThe board did not confirm the program\./);
      const next = await upload({ port: parsePort(port), code: `print("=== done")`, into: "ram", outcomeDeadlineMs: 20_000 });
      assert.deepEqual(next.output, ["=== done"]);
    });
  });
}

test("--watch: what fails is said, a change uploads again, Ctrl-C ends with 0", { skip: NO_TERMINAL || LONG }, async () => {
  const { port } = await boards.powerUp("node");
  terminal = verbInTerminal("upload", ["--port", port, "--watch"]);
  await terminal.waitFor(/howsmyssl failed: E_SETTINGS[^]*Waiting for a change in src\/, modules\/ or certs\/\. Ctrl-C ends\./, PATIENCE_MS);
  const now = new Date();
  await utimes(PROGRAM, now, now);
  await terminal.waitFor(/A source has changed\.\s+\[1\/4\] Building[^]*howsmyssl failed: E_SETTINGS[^]*Waiting for a change/, PATIENCE_MS);
  terminal.type(KEYS.ctrlC);
  assert.equal((await terminal.ended).exitCode, 0);
});
