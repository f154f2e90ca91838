import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "./run-process.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** Something that must be in order before the tests are worth running. */
export interface Check {
  name: string;
  /** What node runs, one process after the other. */
  commands: string[][];
  /** Shown even when nothing is wrong. */
  showsOutput?: boolean;
}

const command = (verb: string, ...args: string[]): string[] => ["--import", "tsx", join(ROOT, "scripts", `${verb}.ts`), ...args];

/** In the order in which they run. */
export const CHECKS: Check[] = [
  { name: "types", commands: [[TSC, "-p", join(ROOT, "tsconfig.json")], [TSC, "-p", join(ROOT, "tsconfig.device.json")], [TSC, "-p", join(ROOT, "tsconfig.device-tests.json")]] },
  { name: "lint", commands: [command("lint")] },
  { name: "build", commands: [command("build"), ["--import", "tsx", join(ROOT, "test/bundles/build-all.ts")]] },
  { name: "sizes", commands: [command("sizes")], showsOutput: true },
];

/** Runs a check and shows one line for it, and all it has to say when it fails. Tells whether it passed. */
export async function runCheck({ name, commands, showsOutput }: Check): Promise<boolean> {
  process.stdout.write(`${name} ...`);
  const startedMs = performance.now();
  const ends = [];
  for (const args of commands) ends.push(await runProcess(args));
  const passed = ends.every(({ exitCode }) => exitCode === 0);
  console.log(` ${passed ? "passed" : "FAILED"} (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`);
  if (showsOutput || !passed) console.log(ends.map(({ output }) => output).join("").trimEnd());
  return passed;
}
