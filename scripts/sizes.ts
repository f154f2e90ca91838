import { Command } from "commander";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const BUDGETS = join(ROOT, "bundle-budgets.json");

/** One bundle of dist/: both forms in bytes, and the most that its minified form may have, where a budget says so. */
export interface BundleSize {
  /** Path of the minified file below dist/. */
  bundle: string;
  plainBytes: number;
  minifiedBytes: number;
  budgetBytes?: number;
}

/** What checkSizes() found. `failures` is empty when every bundle keeps to its budget. */
export interface SizeReport {
  sizes: BundleSize[];
  failures: string[];
  table: string;
}

/**
 * Measures the bundles in a folder and compares them with the budgets.
 * @param dist the folder that `npm run build` wrote
 * @param budgets most bytes for each minified file, by its path below `dist`
 * @throws Error when the folder holds no bundle
 */
export function checkSizes(dist = DIST, budgets = readBudgets()): SizeReport {
  const sizes = minifiedFiles(dist).map((bundle) => measure(dist, bundle, budgets[bundle]));
  if (sizes.length === 0) throw new Error(`There are no bundles in ${dist}. Run \`npm run build\` first.`);
  const missing = Object.keys(budgets).filter((bundle) => !sizes.some((size) => size.bundle === bundle));
  const failures = [...missing.map((bundle) => `${bundle} has a budget and was not built.`), ...sizes.flatMap(overBudget)];
  return { sizes, failures, table: tableOf(sizes) };
}

function readBudgets(): Record<string, number> {
  return JSON.parse(readFileSync(BUDGETS, "utf8"));
}

function minifiedFiles(dist: string): string[] {
  const files = existsSync(dist) ? readdirSync(dist, { recursive: true, encoding: "utf8" }) : [];
  return files.filter((file) => file.endsWith(".min.js")).map((file) => file.replaceAll("\\", "/")).sort();
}

function measure(dist: string, bundle: string, budgetBytes?: number): BundleSize {
  const bytes = (file: string): number => statSync(join(dist, file)).size;
  const size = { bundle, plainBytes: bytes(bundle.replace(/\.min\.js$/, ".js")), minifiedBytes: bytes(bundle) };
  return budgetBytes === undefined ? size : { ...size, budgetBytes };
}

function overBudget({ bundle, minifiedBytes, budgetBytes = Infinity }: BundleSize): string[] {
  if (minifiedBytes <= budgetBytes) return [];
  return [`${bundle} has ${minifiedBytes} bytes, ${minifiedBytes - budgetBytes} more than its budget of ${budgetBytes}. ` +
    "Make it smaller, or raise bundle-budgets.json and say why in the CHANGELOG."];
}

function tableOf(sizes: BundleSize[]): string {
  const head = ["bundle", "plain", "minified", "budget", "margin"];
  const rows = sizes.map(({ bundle, plainBytes, minifiedBytes, budgetBytes }) => [
    bundle, `${plainBytes}`, `${minifiedBytes}`, `${budgetBytes ?? "-"}`, budgetBytes === undefined ? "-" : `${budgetBytes - minifiedBytes}`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string => column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [head, ...rows].map((row) => row.map(pad).join("  ")).join("\n");
}

function main(): void {
  new Command("sizes").description("Print the sizes in bytes of the bundles in dist/ and compare them with bundle-budgets.json.").parse();
  try {
    const { failures, table } = checkSizes();
    console.log(table);
    for (const failure of failures) console.error(failure);
    process.exitCode = failures.length > 0 ? 1 : 0;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
