// What a bundle may weigh, and what its program may take of a board's memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../rollup/bundle.ts";
import type { BundleFigures } from "./figures.ts";
import type { LoadedBlocks } from "./memory.ts";

export interface SizeBudgets {
  /** Most bytes, by the file below dist/. */
  bytes: Record<string, number>;
  /** Most JsVars, by the number of JsVars that a build has, and by program. */
  blocks: Record<number, Record<string, { ram?: number; saved: number }>>;
}

/** What a saved program must leave free, by the number of JsVars that a build has: ESP32 and C3. */
const FREE_SHARE: Record<number, number> = { 16_383: 0.88, 4_095: 0.6 };

/** The committed budgets. */
export function readSizeBudgets(): SizeBudgets {
  return { bytes: readJson("bundle-budgets.json"), blocks: readJson("memory-budgets.json") };
}

function readJson<Content>(file: string): Content {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Content;
}

/** Which part of all JsVars is free when the saved program has been loaded. */
export function freeShare({ idle, saved, total }: LoadedBlocks): number {
  return (total - idle - saved) / total;
}

/** What a bundle has too much of, a line each; empty when it keeps to its budgets. JsVars that were not measured, or of a build without budget, are let pass. */
export function overBudgets(name: string, { minifiedBytes, blocks }: BundleFigures, budgets: SizeBudgets): string[] {
  const most = budgets.bytes[`${name}.min.js`] ?? budgets.bytes[`modules/${name}.min.js`] ?? Infinity;
  const failures = minifiedBytes > most ? [`${name}: ${minifiedBytes} bytes minified, budget ${most}`] : [];
  return blocks ? [...failures, ...overBlocks(name, blocks, budgets)] : failures;
}

function overBlocks(name: string, blocks: LoadedBlocks, budgets: SizeBudgets): string[] {
  const failures = [];
  const least = FREE_SHARE[blocks.total] ?? 0;
  if (freeShare(blocks) < least) failures.push(`${name}: saved it leaves ${(freeShare(blocks) * 100).toFixed(1)} % of ${blocks.total} JsVars, and must leave ${least * 100} %`);
  const most = budgets.blocks[blocks.total]?.[name];
  for (const kind of ["ram", "saved"] as const) {
    if ((blocks[kind] ?? 0) > (most?.[kind] ?? Infinity)) failures.push(`${name}: ${blocks[kind]} JsVars ${kind}, budget ${most![kind]}`);
  }
  return failures;
}
