// How many JsVars a program takes when it has been loaded, on the interpreter that ESPRUINO_BIN names.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEFAULT_WORLD } from "../board/board.ts";
import { prepareFlash } from "../board/espruino-engine/prepare-flash.ts";

/** JsVars in use beyond those of the empty interpreter, and of how many. */
export interface LoadedBlocks {
  /** Uploaded into RAM. */
  ram: number;
  /** Saved to flash and run from there. */
  saved: number;
  /** In use when nothing is loaded. */
  idle: number;
  total: number;
}

const PROGRAM_FILE = "program";
const REPORT = `setTimeout(function(){print("@ "+JSON.stringify([process.memory().usage,process.memory().total]))},0);`;
const DEADLINE_MS = 10_000;
/** Larger pieces do not fit beside the rest on the smallest board. */
const PIECE_BYTES = 4096;

/** @param program text of the minified program */
export async function measureLoaded(binary: string, program: string): Promise<LoadedBlocks> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-size-"));
  try {
    await prepareFlash(binary, folder, DEFAULT_WORLD);
    await writeFile(join(folder, PROGRAM_FILE), program, "latin1");
    await run(binary, folder, `var t=E.openFile("${PROGRAM_FILE}","r"),at=0,d;while((d=t.read(${PIECE_BYTES}))!==undefined){require("Storage").write("${PROGRAM_FILE}",d,at,${program.length});at+=d.length}`);
    const [idle, total] = await used(binary, folder, "");
    const [ram] = await used(binary, folder, program);
    const [saved] = await used(binary, folder, `eval(require("Storage").read("${PROGRAM_FILE}"));`);
    return { ram: ram - idle, saved: saved - idle, idle, total };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In the first idle pass after the text of the program has left the memory. */
async function used(binary: string, folder: string, program: string): Promise<[number, number]> {
  const output = await run(binary, folder, `${REPORT}\n${program}`);
  const [, report] = /@ (\[.*\])/.exec(output) ?? [];
  if (report === undefined) throw new Error(`The program did not load:\n${output.slice(-500)}`);
  return JSON.parse(report) as [number, number];
}

async function run(binary: string, folder: string, script: string): Promise<string> {
  await writeFile(join(folder, "run.js"), script, "latin1");
  const child = promisify(execFile)(binary, ["run.js"], { cwd: folder, timeout: DEADLINE_MS, killSignal: "SIGKILL", encoding: "latin1" });
  child.child.stdout?.on("data", (text: string) => text.includes("@ ") && child.child.kill("SIGKILL"));
  return await child.then(({ stdout }) => stdout, (error: { stdout?: string }) => error.stdout ?? "");
}
