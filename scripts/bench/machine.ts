// Where the figures come from: without it nobody can compare them.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { promisify } from "node:util";
import { ROOT } from "../rollup/bundle.ts";

export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  espruino: string;
  /** Board name, size and number of the JsVars. */
  build: string;
  mbedtls: string;
  /** Undefined where it is not installed. */
  valgrind: string | undefined;
  revision: string;
  date: string;
}

const FACTS = "print('@ '+JSON.stringify([process.env.VERSION,process.env.BOARD,process.memory()]))";
const DEADLINE_MS = 10_000;

/** @param binary path of the interpreter */
export async function describeMachine(binary: string): Promise<Machine> {
  const { stdout } = await promisify(execFile)(binary, ["-e", FACTS], { cwd: tmpdir(), timeout: DEADLINE_MS, encoding: "latin1" });
  const [version, board, memory] = JSON.parse(/@ (.*)/.exec(stdout)![1]!) as [string, string, { total: number; blocksize: number }];
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    espruino: version,
    build: `BOARD ${board}, ${memory.total} JsVars of ${memory.blocksize} bytes`,
    mbedtls: tlsLibrary(binary),
    valgrind: versionOf("valgrind"),
    revision: revision(),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The version of the TLS library, where its text stands in the file. */
function tlsLibrary(binary: string): string {
  return /mbed ?TLS (\d+\.\d+\.\d+)/i.exec(readFileSync(binary, "latin1"))?.[1] ?? "unknown";
}

function versionOf(program: string): string | undefined {
  try {
    return execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function revision(): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain", "--", "modules", "src", "scripts/rollup") !== "";
  return git("rev-parse", "--short", "HEAD") + (isChanged ? " with changes" : "");
}

const PROBE = `var text=E.toFlatString("Hello flat string..");print("peek "+peek8(E.getAddressOf(text,true)));`;

/** Whether the interpreter's peek and poke reach its RAM, without which the client can verify nobody. Where they do not, it crashes. */
export function reachesRam(binary: string): boolean {
  const { stdout } = spawnSync(binary, ["-e", PROBE], { timeout: DEADLINE_MS, killSignal: "SIGKILL", cwd: tmpdir(), encoding: "latin1" });
  return (stdout ?? "").includes(`peek ${"H".charCodeAt(0)}`);
}
