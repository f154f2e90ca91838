// Requests by the client as users get it, in the interpreter that ESPRUINO_BIN names: a 32-bit one whose peek and poke reach RAM is the
// nearest thing to an ESP32 that a computer can run.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle, type BuiltBundle } from "../../scripts/build.ts";
import { ramOfProcess } from "../../scripts/board/espruino-engine/process-ram.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";

/** A request to make; DER is named by the names of `Setup.der`. */
export interface Job {
  options: Record<string, unknown>;
  ca?: string;
  cert?: string;
  key?: string;
}

/** How a request ended. */
export interface JobOutcome {
  error?: { code: string; phase: string; message: string };
  statusCode?: number;
  body?: string;
  tls?: { verified: string | false; subject?: string; issuer?: string; fingerprint256?: string; sni?: string };
  /** JsVars in use when the callback has returned. */
  usedBlocks: number;
}

export interface Setup {
  /** The text of the module. */
  module: string;
  der: Record<string, Buffer>;
  /** For every request. `ram` is added unless it is there. */
  settings: Record<string, unknown>;
  jobs: Job[];
  /** How often all of them are made; default 1. */
  rounds?: number;
  /** Statements that run before the first request. */
  prelude?: string;
  /** Environment of the interpreter, beyond this process's. */
  environment?: Record<string, string>;
  /** Runs the interpreter: what comes before its path. */
  runner?: string[];
}

const BINARY = process.env["ESPRUINO_BIN"] ?? "";
/** The module "https" without redirects: as text in RAM, where it is here, the whole of its plain form does not fit. */
const MODULE = fileURLToPath(new URL("../../modules/client.ts", import.meta.url));
const RAM_FILE = "ram.json";
const MARK = "@ ";
/** The prompt, and the sequences that take it away, come before whatever a program prints. */
const PROMPT = /^(>|\r|\x1b\[[0-9;?]*[A-Za-z])+/;
const DONE = `${MARK}"done"`;
/** The probe prints what peek reads at a string's own address. Where RAM is not mapped that is a crash. */
const PROBE = `var text=E.toFlatString("Hello flat string..");print("peek "+peek8(E.getAddressOf(text,true)));`;
const PROBE_MS = 10_000;

/** Whether the interpreter's peek and poke reach its RAM. */
export const REACHES_RAM = BINARY !== "" && probe().includes(`peek ${"H".charCodeAt(0)}`);

export const SKIP_WITHOUT_INTERPRETER = BINARY === "" ? "ESPRUINO_BIN is not set" : false;
/** For tests of a TLS state that can be patched. */
export const SKIP_WITHOUT_RAM = SKIP_WITHOUT_INTERPRETER || (REACHES_RAM ? false : "peek and poke of ESPRUINO_BIN do not reach RAM");
/** For tests of one that cannot. */
export const SKIP_WITH_RAM = SKIP_WITHOUT_INTERPRETER || (REACHES_RAM ? "peek and poke of ESPRUINO_BIN reach RAM" : false);

function probe(): string {
  const { stdout } = spawnSync(BINARY, ["-e", PROBE], { timeout: PROBE_MS, killSignal: "SIGKILL", cwd: tmpdir(), encoding: "latin1" });
  return stdout ?? "";
}

/** Builds modules/client.ts; `remove` deletes the files. */
export async function buildHttps(): Promise<{ bundle: BuiltBundle; text(form: "plain" | "minified"): string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-module-"));
  const bundle = await buildBundle(bundleOf("module", "https", MODULE, folder));
  return { bundle, text: (form) => readFileSync(bundle[form], "latin1"), remove: () => rm(folder, { recursive: true }) };
}

/**
 * Makes the requests, one after the other, in an interpreter of their own.
 * @throws Error with the end of the output when the interpreter ends before the last one
 */
export async function runJobs(setup: Setup): Promise<JobOutcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-real-"));
  try {
    for (const [name, bytes] of Object.entries(setup.der)) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, "program.js"), programOf(setup), "latin1");
    const output = await runProgram(folder, setup);
    const lines = output.split(/\r?\n/).map((line) => line.replace(PROMPT, "")).filter((line) => line.startsWith(MARK));
    return lines.slice(0, -1).map((line) => JSON.parse(line.slice(MARK.length)) as JobOutcome);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function programOf({ module, der, settings, jobs, rounds = 1, prelude = "" }: Setup): string {
  return [
    `Modules.addCached("https",function(){\n${module}\n});`,
    `var fs=require("fs"),https=require("https"),der={},at=0,left=${jobs.length * rounds},jobs=${JSON.stringify(jobs)},settings=${JSON.stringify(settings)};`,
    `${JSON.stringify(Object.keys(der))}.forEach(function(name){der[name]=fs.readFileSync(name)});`,
    `function next(){
  var job=jobs[at++%jobs.length], options;
  if (left--===0) { print("${MARK}"+JSON.stringify("done")); return; }
  options=Object.assign({settings:settings},job.options);
  if (job.ca) options.ca=der[job.ca];
  if (job.cert) options.cert=der[job.cert];
  if (job.key) options.key=der[job.key];
  https.request(options,function(error,response){
    var outcome=error?{error:{code:error.code,phase:error.phase,message:error.message}}:
      {statusCode:response.statusCode,body:response.body,tls:response.tls};
    error=response=undefined;
    setTimeout(report,0,outcome);
  });
}`,
    `function report(outcome){
  outcome.usedBlocks=process.memory().usage;
  print("${MARK}"+JSON.stringify(outcome));
  next();
}`,
    // Which addresses are RAM is known only once this process is there.
    `function begin(){
  var ram;
  try { ram=JSON.parse(fs.readFileSync("${RAM_FILE}")); } catch (error) { }
  if (!ram) { setTimeout(begin,5); return; }
  if (!settings.ram) settings.ram=ram;
  next();
}`,
    prelude,
    `begin();`,
  ].join("\n");
}

async function runProgram(folder: string, { environment, runner = [] }: Setup): Promise<string> {
  const [command = BINARY, ...parameters] = [...runner, BINARY, "program.js"];
  const child = spawn(command, parameters, { cwd: folder, env: { ...process.env, ...environment } });
  let output = "";
  let isTold = false;
  child.stderr.resume();
  try {
    for await (const piece of child.stdout) {
      output += (piece as Buffer).toString("latin1");
      // The banner: by now the interpreter has its memory.
      if (!isTold) tellRam(folder, child.pid!);
      isTold = true;
      if (output.includes(DONE)) return output;
    }
    throw new Error(`The interpreter ended early (${String(child.exitCode ?? child.signalCode)}):\n${output.slice(-2_000)}`);
  } finally {
    child.kill("SIGKILL");
  }
}

function tellRam(folder: string, pid: number): void {
  writeFileSync(join(folder, RAM_FILE), JSON.stringify(ramOfProcess(pid) ?? []));
}

