import { Command } from "commander";
import { ESLint } from "eslint";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What ESLint found: how many errors, and all findings as text for people. */
export interface LintReport {
  errorCount: number;
  warningCount: number;
  text: string;
}

/**
 * Runs ESLint with eslint.config.js.
 * @param files files and folders, from the project's root
 * @param fix whether to repair what can be repaired by machine
 * @throws Error when a file does not exist or the configuration is broken
 */
export async function lint(files: string[], fix = false): Promise<LintReport> {
  const eslint = new ESLint({ cwd: ROOT, fix });
  const results = await eslint.lintFiles(files);
  if (fix) await ESLint.outputFixes(results);
  const sum = (key: "errorCount" | "warningCount"): number => results.reduce((total, result) => total + result[key], 0);
  const formatter = await eslint.loadFormatter("stylish");
  return { errorCount: sum("errorCount"), warningCount: sum("warningCount"), text: await formatter.format(results) };
}

async function main(): Promise<void> {
  const command = new Command("npm run lint --")
    .description("Check the sources with ESLint; the board's code (modules/, src/) also against what the firmware cannot run.")
    .argument("[files...]", "files and folders to check", ["."])
    .option("--fix", "repair what can be repaired by machine")
    .parse();
  try {
    const { errorCount, warningCount, text } = await lint(command.args.length ? command.args : ["."], command.opts<{ fix?: boolean }>().fix);
    console.log(text || "No lint errors.");
    if (errorCount > 0) console.error(`Lint failed: ${errorCount} errors, ${warningCount} warnings.`);
    process.exitCode = errorCount > 0 ? 1 : 0;
  } catch (error) {
    console.error(`Lint could not run: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
