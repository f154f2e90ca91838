// Runs a program that uses the framer on a real Espruino for Linux, named by ESPRUINO_BIN.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFramerSource } from "./framer-builds.ts";

const BINARY = process.env["ESPRUINO_BIN"] ?? "";

/** For the skip option of a test: false, or why the test cannot run. */
export const SKIP_WITHOUT_ESPRUINO = BINARY === "" ? "ESPRUINO_BIN is not set" : false;

const DONE = "program done";

/**
 * Runs `statements` with the build of that name as `framer`; gives what they printed as JSON, a value a line.
 * No function in them may be used before its declaration and no closure made in a loop: it knows neither.
 */
export async function runOnEspruino(buildName: string, statements: string[]): Promise<unknown[]> {
  const framer = `var framer = (function (exports) { ${readFramerSource(buildName)}\nreturn exports; })({});`;
  const output = await runProgram([framer, ...statements, `print("${DONE}");`].join("\n"));
  return output.split("\n").filter((line) => /^[[{"]/.test(line)).map((line) => JSON.parse(line) as unknown);
}

/** Gives JSON of `value` in which every character is ASCII: characters from 0x80 to 0xFF as the bytes they are. */
export function byteLiteral(value: unknown): string {
  return JSON.stringify(value).replace(/[\x7f-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

/** Gives what a program file printed up to DONE. Fails when the interpreter ends before. */
async function runProgram(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "espruino-program-"));
  const file = join(folder, "program.js");
  writeFileSync(file, program, "latin1");
  const child = spawn(BINARY, [file], { stdio: ["pipe", "pipe", "ignore"], cwd: folder });
  let output = "";
  try {
    for await (const piece of child.stdout) {
      output += String(piece);
      if (output.includes(DONE)) return output;
    }
    return assert.fail(`the interpreter ended early: ${output.slice(-500)}`);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}
