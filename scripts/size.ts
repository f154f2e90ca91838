import { Command } from "commander";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { appNames, ROOT } from "./rollup/bundle.ts";
import { measureLoaded, type LoadedBlocks } from "./size/memory.ts";
import { measureModules, type BundleParts, type ModuleSize } from "./size/modules.ts";
import { runCommand } from "./terminal/command.ts";

/** The committed figures, bench/sizes.json. JsVars are there when they were measured. */
interface Sizes {
  [bundle: string]: { plainBytes: number; minifiedBytes: number; modules: Record<string, ModuleSize>; blocks?: LoadedBlocks };
}

const FIGURES = join("bench", "sizes.json");
/** A budget for JsVars holds for a build with so many in all: ESP32 and C3. */
const FREE_SHARE: Record<number, number> = { 16_383: 0.85, 4_095: 0.6 };
const BYTE_BUDGETS = "bundle-budgets.json";
const BLOCK_BUDGETS = "memory-budgets.json";

function readCommand(): { modules: boolean } {
  return new Command("npm run size --")
    .description("Show what each module contributes to each bundle, the JsVars that each program takes when loaded (with ESPRUINO_BIN), the budgets, and what has " +
      `changed since the last commit. Writes ${FIGURES}. Ends with 1 when something is over its budget.`)
    .option("--no-modules", "only the bundles")
    .parse()
    .opts<{ modules: boolean }>();
}

async function size(): Promise<number> {
  const { modules } = readCommand();
  const parts = await measureModules();
  const sizes = await measureAll(parts);
  const before = committed();
  for (const [name, each] of Object.entries(sizes)) {
    const old = before[name];
    console.log(`\n${name}: plain ${change(each.plainBytes, old?.plainBytes)}, minified ${change(each.minifiedBytes, old?.minifiedBytes)}${describeBlocks(each.blocks, old?.blocks)}`);
    if (modules) for (const line of moduleLines(each.modules, old?.modules ?? {})) console.log(line);
  }
  mkdirSync(join(ROOT, "bench"), { recursive: true });
  writeFileSync(join(ROOT, FIGURES), `${JSON.stringify(sizes, null, 1)}\n`);
  const failures = Object.entries(sizes).flatMap(([name, each]) => overBudgets(name, each));
  for (const failure of failures) console.error(failure);
  return failures.length > 0 ? 1 : 0;
}

async function measureAll(parts: BundleParts[]): Promise<Sizes> {
  const binary = process.env["ESPRUINO_BIN"] ? interpreterPath() : undefined;
  if (!binary) console.log("JsVars are not measured: ESPRUINO_BIN is not set.");
  const sizes: Sizes = {};
  for (const { name, plain, minified, modules } of parts) {
    const blocks = binary && appNames().includes(name) ? await measureLoaded(binary, minified) : undefined;
    sizes[name] = { plainBytes: plain.length, minifiedBytes: minified.length, modules, ...(blocks && { blocks }) };
  }
  return sizes;
}

function committed(): Sizes {
  try {
    return JSON.parse(execFileSync("git", ["show", `HEAD:${FIGURES.replaceAll("\\", "/")}`], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as Sizes;
  } catch {
    return {};
  }
}

/** `5400 (+20)` */
function change(now: number, before: number | undefined): string {
  const difference = now - (before ?? now);
  return difference === 0 ? `${now}` : `${now} (${difference > 0 ? "+" : ""}${difference})`;
}

function describeBlocks(now: LoadedBlocks | undefined, before: LoadedBlocks | undefined): string {
  if (!now) return "";
  const old = before?.total === now.total ? before : undefined;
  return `; JsVars in RAM ${now.ram === undefined ? "do not fit" : change(now.ram, old?.ram)}, saved ${change(now.saved, old?.saved)}, which leaves ${(freeShare(now) * 100).toFixed(1)} % of ${now.total}`;
}

function freeShare({ idle, saved, total }: LoadedBlocks): number {
  return (total - idle - saved) / total;
}

function moduleLines(now: Record<string, ModuleSize>, before: Record<string, ModuleSize>): string[] {
  const isKnown = Object.keys(before).length > 0;
  const bytes = (name: string): ModuleSize => now[name] ?? { plainBytes: 0, minifiedBytes: 0 };
  const old = (name: string, kind: keyof ModuleSize): number | undefined => (isKnown ? before[name]?.[kind] ?? 0 : undefined);
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort((a, b) => bytes(b).minifiedBytes - bytes(a).minifiedBytes);
  return names.map((name) => `  ${name.padEnd(34)} ${change(bytes(name).plainBytes, old(name, "plainBytes")).padStart(14)} ${change(bytes(name).minifiedBytes, old(name, "minifiedBytes")).padStart(14)}`);
}

function overBudgets(name: string, { minifiedBytes, blocks }: Sizes[string]): string[] {
  const file = [`${name}.min.js`, `modules/${name}.min.js`].find((each) => byteBudgets[each] !== undefined);
  const failures = [];
  if (file && minifiedBytes > byteBudgets[file]!) failures.push(`${name}: ${minifiedBytes} bytes minified, budget ${byteBudgets[file]}`);
  if (!blocks) return failures;
  const least = FREE_SHARE[blocks.total];
  if (least !== undefined && freeShare(blocks) < least) failures.push(`${name}: saved it leaves ${(freeShare(blocks) * 100).toFixed(1)} % of ${blocks.total} JsVars, and must leave ${least * 100} %`);
  const most = blockBudgets[blocks.total]?.[name];
  for (const kind of ["ram", "saved"] as const) {
    if (most && (blocks[kind] ?? 0) > (most[kind] ?? Infinity)) failures.push(`${name}: ${blocks[kind]} JsVars ${kind}, budget ${most[kind]}`);
  }
  return failures;
}

const byteBudgets = readBudgets<Record<string, number>>(BYTE_BUDGETS);
/** By the number of JsVars that a build has. */
const blockBudgets = readBudgets<Record<number, Record<string, { ram?: number; saved: number }>>>(BLOCK_BUDGETS);

function readBudgets<Budgets>(file: string): Budgets {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Budgets;
}

await runCommand(size);
