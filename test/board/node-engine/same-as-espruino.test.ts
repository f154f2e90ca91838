import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Storage } from "../../../scripts/board/node-engine/storage/storage.ts";
import { startSession, temporaryFolder } from "./board-session.ts";

const PROGRAM = fileURLToPath(new URL("../../fixtures/board/semantics.js", import.meta.url));
const INTERPRETER = process.env.ESPRUINO_BIN;

/** Only the lines of the program's own: banner and prompt differ. */
function ownLines(output: string): string[] {
  const plain = output.replaceAll("\r", "");
  return plain
    .slice(plain.indexOf("varnohoist"))
    .replace(/>$/, "")
    .trim()
    .split("\n");
}

const skip = !INTERPRETER && "ESPRUINO_BIN is not set";

test("a program of doubtful cases prints the same on a real interpreter", { skip }, async (context) => {
  const cwd = temporaryFolder(context);
  const real = await promisify(execFile)(INTERPRETER!, [PROGRAM], { cwd, encoding: "latin1" });
  const flashFolder = temporaryFolder(context);
  new Storage(flashFolder).write("program", `${readFileSync(PROGRAM, "latin1")}\nprint("end")`);
  const board = await startSession(context, { flashFolder });
  board.type('\x10load("program")\n');
  const ours = ownLines((await board.until("end\r\n")).replace(/end\r\n$/, ""));
  assert.deepEqual(ours, ownLines(real.stdout));
});
