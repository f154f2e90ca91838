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
  /** Uploaded into RAM; undefined when it does not fit. */
  ram?: number;
  /** Saved to flash and run from there. */
  saved: number;
  /** In use when nothing is loaded. */
  idle: number;
  total: number;
}

/** Part of what the firmware's process.memory() tells. */
interface Usage {
  usage: number;
  total: number;
}

const PROGRAM_FILE = "program";
const REPORT = `setTimeout(function(){print("@ "+process.memory().usage+" "+process.memory().total+" @")},0);`;
const REPORTED = /@ (\d+) (\d+) @/;
const DEADLINE_MS = 10_000;
/** Runs one statement after the other, as an upload does: a line of a bundle is a statement, and its text is forgotten. */
const BY_STATEMENT = `var loaderFile=E.openFile("${PROGRAM_FILE}","r"),loaderText="",loaderPiece;
while((loaderPiece=loaderFile.read(256))!==undefined){
  loaderText+=loaderPiece;
  while((loaderPiece=loaderText.indexOf("\\n"))>=0){
    eval(loaderText.substr(0,loaderPiece));
    loaderText=loaderText.substr(loaderPiece+1);
  }
}
eval(loaderText);
loaderFile.close();
delete loaderFile;delete loaderText;delete loaderPiece;`;
/** Larger pieces do not fit beside the rest on the smallest board. */
const PIECE_BYTES = 4096;

/** @param program text of the minified program */
export async function measureLoaded(binary: string, program: string): Promise<LoadedBlocks> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-size-"));
  try {
    await prepareFlash(binary, folder, DEFAULT_WORLD);
    await writeFile(join(folder, PROGRAM_FILE), program, "latin1");
    await run(binary, folder, `var t=E.openFile("${PROGRAM_FILE}","r"),at=0,d;while((d=t.read(${PIECE_BYTES}))!==undefined){require("Storage").write("${PROGRAM_FILE}",d,at,${program.length});at+=d.length}`);
    const { usage: idle, total } = await mustLoad(binary, folder, "");
    const ram = await used(binary, folder, BY_STATEMENT);
    const saved = await mustLoad(binary, folder, `eval(require("Storage").read("${PROGRAM_FILE}"));`);
    return { ...(ram && { ram: ram.usage - idle }), saved: saved.usage - idle, idle, total };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function mustLoad(binary: string, folder: string, program: string): Promise<Usage> {
  const usage = await used(binary, folder, program);
  if (!usage) throw new Error("The program does not fit into the memory of this interpreter.");
  return usage;
}

/** In the first idle pass after the text of the program has left the memory; undefined when it did not fit. */
async function used(binary: string, folder: string, program: string): Promise<Usage | undefined> {
  const output = await run(binary, folder, `${REPORT}\n${program}`);
  const report = REPORTED.exec(output);
  if (output.includes("OUT OF MEMORY")) return undefined;
  if (!report || output.includes("Uncaught")) throw new Error(`The program did not load:\n${output.slice(-500)}`);
  return { usage: Number(report[1]), total: Number(report[2]) };
}

async function run(binary: string, folder: string, script: string): Promise<string> {
  await writeFile(join(folder, "run.js"), script, "latin1");
  const running = promisify(execFile)(binary, ["run.js"], { cwd: folder, timeout: DEADLINE_MS, killSignal: "SIGKILL", encoding: "latin1" });
  let output = "";
  running.child.stdout!.on("data", (text: string) => {
    output += text;
    if (REPORTED.test(output)) running.child.kill("SIGKILL");
  });
  return await running.then(({ stdout }) => stdout, (error: { stdout?: string }) => error.stdout ?? "");
}
