import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onLines } from "../espruino-cli/lines.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Tests of deadlines measure time: more files at once than cores would disturb them, and so would a whole big machine. */
const MOST_FILES_AT_ONCE = 4;
/** For one test, and in Node 20 for a file of them as a whole. A test that waits in vain is ended by it; on a busy computer the longest file takes half of it. */
const TEST_TIMEOUT_MS = 600_000;
const LONG_TEST_TIMEOUT_MS = 1_200_000;

/**
 * The test files below test/, those whose path has one of `words`, or all.
 * @throws Error when there are none
 */
export function testFiles(words: string[], root = ROOT): string[] {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", file).replaceAll("\\", "/"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  if (files.length === 0) throw new Error(`There is no test whose path has ${words.join(" or ") || ".test.ts"}.`);
  return files;
}

/**
 * Runs test files with node's own runner, whose summary comes last. Tells whether all passed.
 * @param variables to set in their environment
 */
export async function runTests(files: string[], isLong: boolean, variables: Record<string, string> = {}): Promise<boolean> {
  const args = [
    "--import", "tsx", "--test", "--test-reporter=spec",
    `--test-concurrency=${Math.min(availableParallelism(), MOST_FILES_AT_ONCE)}`,
    `--test-timeout=${isLong ? LONG_TEST_TIMEOUT_MS : TEST_TIMEOUT_MS}`,
    ...files,
  ];
  const env = { ...process.env, ...variables, ...(isLong ? { TEST_LONG: "1" } : {}) };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["inherit", "pipe", "inherit"] });
  const summary = new SummaryWatcher();
  onLines(child.stdout, (line) => {
    summary.take(line);
    console.log(line);
  });
  const exitCode = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  // The runner shows the failures after its summary, where nobody who looks at the end would find the figures.
  if (exitCode !== 0) console.log(summary.lines.join("\n"));
  return exitCode === 0;
}

/** Remembers the runner's figures: "tests 12", "pass 11", "fail 1", ... */
class SummaryWatcher {
  lines: string[] = [];

  take(line: string): void {
    if (/^\u2139 (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(line)) this.lines.push(line);
  }
}
