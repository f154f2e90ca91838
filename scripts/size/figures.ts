// The figures of `npm run size`, committed so that each commit can be compared with the one before.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../rollup/bundle.ts";
import type { LoadedBlocks } from "./memory.ts";
import type { ModuleSize } from "./modules.ts";

/** What was measured of one bundle. */
export interface BundleFigures {
  plainBytes: number;
  minifiedBytes: number;
  /** By path in the project. */
  modules: Record<string, ModuleSize>;
  /** There when they were measured, of programs only. */
  blocks?: LoadedBlocks;
}

/** By the bundle's name. */
export type Figures = Record<string, BundleFigures>;

/** Path in the project. */
export const FIGURES_FILE = "bench/sizes.json";

/** Those of the last commit; empty when it has none, or this is no checkout. */
export function committedFigures(): Figures {
  try {
    return JSON.parse(execFileSync("git", ["show", `HEAD:${FIGURES_FILE}`], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as Figures;
  } catch {
    return {};
  }
}

/** Writes them where the next commit takes them up. */
export function writeFigures(figures: Figures): void {
  const file = join(ROOT, FIGURES_FILE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(figures, null, 1)}\n`);
}
