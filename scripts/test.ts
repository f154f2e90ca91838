import { Command } from "commander";
import { runCommand } from "./terminal/command.ts";
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
  if (!(await runTests(files, isLong))) failed.push("tests");
  if (failed.length > 0) console.error(`Failed: ${failed.join(", ")}. See above.`);
  return failed.length > 0 ? 1 : 0;
}

await runCommand(testAll);
