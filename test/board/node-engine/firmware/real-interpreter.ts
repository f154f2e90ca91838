import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDone } from "./scenario.ts";

const PROMPT = /^(>?\r?\x1b\[J)+/;
const DEADLINE_MS = 15_000;

/** Path of a real Espruino for Linux, if the tests may use one. */
export const ESPRUINO_BIN = process.env.ESPRUINO_BIN;

/** Runs a program as a script of the real interpreter, until it says that it is done. Gives the lines printed. */
export async function runOnInterpreter(program: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-scenario-"));
  try {
    await writeFile(join(folder, "program.js"), Buffer.from(program, "latin1"));
    return await runScript(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runScript(folder: string): Promise<string[]> {
  const child = spawn(ESPRUINO_BIN ?? "", ["program.js"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString("latin1");
    if (isDone(linesOf(output))) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(deadline);
      resolve(linesOf(output));
    });
  });
}

/** The prompt and the escape sequence that clears it come before whatever is printed next. */
function linesOf(output: string): string[] {
  return output.split(/\r?\n/).map((line) => line.replace(PROMPT, ""));
}
