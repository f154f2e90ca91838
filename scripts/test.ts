import { Command } from "commander";
import { runCommand } from "./terminal/command.ts";
import { describeBranches, withBranches } from "./test/branch-gate.ts";
import { CHECKS, runCheck } from "./test/checks.ts";
import { runTests, testFiles } from "./test/test-files.ts";

interface TestOptions {
  long?: boolean;
}

function readCommand(): { words: string[]; isLong: boolean } {
  const command = new Command("npm test --")
    .description("Check everything: types, lint, build, bundle sizes, tests. With words: only the tests whose path has one of them, and nothing else.")
    .argument("[words...]", "parts of test file paths, for example board or http/truncation")
    .option("--long", "include the long matrices (TEST_LONG=1)")
    .parse();
  return { words: command.args, isLong: command.opts<TestOptions>().long ?? false };
}

async function testAll(): Promise<number> {
  const { words, isLong } = readCommand();
  const files = testFiles(words);
  const failed: string[] = [];
  if (words.length === 0) {
    for (const check of CHECKS) {
      if (!(await runCheck(check))) failed.push(check.name);
    }
  }
  failed.push(...(words.length === 0 ? await testAndCount(files, isLong) : (await runTests(files, isLong)) ? [] : ["tests"]));
  if (failed.length > 0) console.error(`Failed: ${failed.join(", ")}. See above.`);
  return failed.length > 0 ? 1 : 0;
}

/** Gives the names of what failed. */
async function testAndCount(files: string[], isLong: boolean): Promise<string[]> {
  const report = await withBranches((variables) => runTests(files, isLong, variables));
  console.log(describeBranches(report));
  return [...(report.passed ? [] : ["tests"]), ...(report.missed.length === 0 ? [] : ["branches"])];
}

await runCommand(testAll);
