// Whether the tests have run every branch of the sources that must be covered whole. The tests of their bundles write down what they reach
// (test/bundles/reached-branches.ts), each process into a file of its own.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { branchesOf, isCounted } from "../rollup/branch-counters.ts";
import { ROOT } from "../rollup/bundle.ts";

export interface BranchReport {
  branchCount: number;
  /** Places that no test reaches: `modules/http/syntax.ts:12:3 then`. */
  missed: string[];
}

/** Runs tests with a folder to write to in their environment, and tells what they passed and which branches they reached. */
export async function withBranches(runTests: (env: Record<string, string>) => Promise<boolean>): Promise<BranchReport & { passed: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-branches-"));
  try {
    const passed = await runTests({ REACHED_BRANCHES: folder });
    return { passed, ...compareBranches(await allBranches(), await reachedBranches(folder)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Which of all branches were reached by none. */
export function compareBranches(all: string[], reached: Set<string>): BranchReport {
  return { branchCount: all.length, missed: all.filter((place) => !reached.has(place)) };
}

/** The report as lines for people. */
export function describeBranches({ branchCount, missed }: BranchReport): string {
  const summary = `branches of modules/http, modules/tls and modules/outbox.ts: ${branchCount - missed.length} of ${branchCount} covered`;
  return [summary, ...missed.map((place) => `  no test reaches ${place}`)].join("\n");
}

async function allBranches(): Promise<string[]> {
  const files = (await readdir(join(ROOT, "modules"), { recursive: true })).map((file) => `modules/${file.replaceAll("\\", "/")}`).filter(isCounted).sort();
  const places = await Promise.all(files.map(async (file) => branchesOf(file, await readFile(join(ROOT, file), "utf8"))));
  return places.flat();
}

async function reachedBranches(folder: string): Promise<Set<string>> {
  const lists = await Promise.all((await readdir(folder)).map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as string[]));
  return new Set(lists.flat());
}
