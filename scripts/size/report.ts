// The figures in words, each beside what it has changed by.
import { freeShare } from "./budgets.ts";
import type { BundleFigures } from "./figures.ts";
import type { LoadedBlocks } from "./memory.ts";
import type { ModuleSize } from "./modules.ts";

/** One line: bytes and JsVars of a bundle. What was not measured before has no change. */
export function describeBundle(name: string, now: BundleFigures, before: BundleFigures | undefined): string {
  return `${name}: plain ${change(now.plainBytes, before?.plainBytes)}, minified ${change(now.minifiedBytes, before?.minifiedBytes)}${describeBlocks(now.blocks, before?.blocks)}`;
}

/** A line for each module that is in the bundle, or was before, the largest first. */
export function describeModules({ modules: now }: BundleFigures, before: BundleFigures | undefined): string[] {
  const none: ModuleSize = { plainBytes: 0, minifiedBytes: 0 };
  const names = [...new Set([...Object.keys(now), ...Object.keys(before?.modules ?? {})])];
  const rows = names.map((name) => ({ name, size: now[name] ?? none, old: before && (before.modules[name] ?? none) }));
  rows.sort((a, b) => b.size.minifiedBytes - a.size.minifiedBytes);
  return rows.map(({ name, size, old }) => {
    const columns = [change(size.plainBytes, old?.plainBytes), change(size.minifiedBytes, old?.minifiedBytes)];
    return `  ${name.padEnd(34)} ${columns.map((column) => column.padStart(14)).join(" ")}`;
  });
}

/** `5400 (+20)` */
function change(now: number, before: number | undefined): string {
  const difference = now - (before ?? now);
  return difference === 0 ? `${now}` : `${now} (${difference > 0 ? "+" : ""}${difference})`;
}

/** Those of another build are not comparable: its JsVars are of another size. */
function describeBlocks(now: LoadedBlocks | undefined, before: LoadedBlocks | undefined): string {
  if (!now) return "";
  const old = before?.total === now.total ? before : undefined;
  const inRam = now.ram === undefined ? "do not fit" : change(now.ram, old?.ram);
  return `; JsVars in RAM ${inRam}, saved ${change(now.saved, old?.saved)}, which leaves ${(freeShare(now) * 100).toFixed(1)} % of ${now.total}`;
}
