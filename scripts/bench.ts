import { Command, Option } from "commander";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { makeBoards, measureCells, measureSizes, countUnverified, type Plan } from "./bench/cells.ts";
import { judgeGoals } from "./bench/goals.ts";
import { JOBS, STREAM_SIZES } from "./bench/jobs.ts";
import { describeMachine, reachesRam } from "./bench/machine.ts";
import type { Bench } from "./bench/measure.ts";
import { plotOf } from "./bench/plot.ts";
import { SUBJECTS, type SubjectName } from "./bench/program.ts";
import { reportOf } from "./bench/report.ts";
import { cellOf, type Results } from "./bench/results.ts";
import { startServers } from "./bench/servers.ts";
import { ROOT } from "./rollup/bundle.ts";
import { runCommand } from "./terminal/command.ts";

interface BenchOptions {
  job?: string[];
  subject?: SubjectName[];
  quick?: boolean;
  out?: string;
}

const BENCH = join(ROOT, "bench");

function readCommand(): BenchOptions {
  return new Command("npm run bench --")
    .description("Measure what requests cost on the interpreter that ESPRUINO_BIN names: work, memory, time and bytes of this project's client, the raw socket, the " +
      "firmware's http module and a fetch module. Writes bench/RESULTS.md, results.svg and results.json; takes some ten minutes. Ends with 1 when a goal is not met.")
    .addOption(new Option("--job <names...>", "only these jobs; nothing is written without --out").choices(JOBS.map(({ name }) => name)))
    .addOption(new Option("--subject <names...>", "only these subjects; nothing is written without --out").choices(SUBJECTS.map(({ name }) => name)))
    .option("--quick", "count once, time two requests")
    .option("--out <folder>", "where the results go; default bench/")
    .parse()
    .opts<BenchOptions>();
}

async function bench(): Promise<number> {
  const options = readCommand();
  const binary = interpreterPath();
  const plan = { jobs: JOBS.filter(({ name }) => options.job?.includes(name) ?? true), subjects: SUBJECTS.map(({ name }) => name).filter((name) => options.subject?.includes(name) ?? true) };
  const results = await measureAll(binary, plan, options.quick ?? false);
  const goals = judgeGoals(results);
  for (const { goal, figure, isMet } of goals) if (isMet !== undefined) console.log(`${isMet ? "met    " : "NOT MET"} ${goal}: ${figure}`);
  const isWhole = !options.job && !options.subject;
  if (isWhole || options.out !== undefined) await write(options.out ?? BENCH, results);
  return goals.some(({ isMet }) => isMet === false) ? 1 : 0;
}

async function measureAll(binary: string, plan: Plan, isQuick: boolean): Promise<Results> {
  const machine = await describeMachine(binary);
  console.log(`Espruino ${machine.espruino}, ${machine.build}`);
  const servers = await startServers([...JOBS, ...STREAM_SIZES]);
  const { boards, remove } = await makeBoards(binary, plan.subjects, servers.ca);
  const settings: Bench = { servers, verify: reachesRam(binary), unit: machine.valgrind ? "instructions" : "CPU milliseconds", isQuick };
  try {
    const results: Results = { machine, unit: settings.unit, isVerified: settings.verify, cells: [], peaksBySize: undefined, unverifiedWork: undefined };
    results.cells = await measureCells(boards, plan, settings, progress(plan));
    await measureClient(boards, results, settings);
    return results;
  } finally {
    await servers.stop();
    await remove();
  }
}

/** What is asked of this project's client alone. */
async function measureClient(boards: Awaited<ReturnType<typeof makeBoards>>["boards"], results: Results, settings: Bench): Promise<void> {
  const client = boards.get("client");
  const near = (secure: boolean): number | undefined => cellOf(results, "client", "length-1m", secure)?.peakBlocks;
  if (client && near(false) !== undefined) {
    console.log("this project's stream at other sizes ...");
    results.peaksBySize = { plain: await measureSizes(client, false, settings, near(false)), tls: await measureSizes(client, true, settings, near(true)) };
  }
  if (client && settings.verify && cellOf(results, "client", "get-200", true)) {
    console.log("this project without verification ...");
    results.unverifiedWork = await countUnverified(client, settings);
  }
}

/** Each cell is told of twice: after what is quick, and when it is complete. */
function progress({ jobs, subjects }: Plan): (line: string) => void {
  const total = 2 * 2 * jobs.length * subjects.length;
  let done = 0;
  return (line) => console.log(`[${++done}/${total}] ${line}`);
}

async function write(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { "RESULTS.md": reportOf(results), "results.svg": plotOf(results), "results.json": `${JSON.stringify(results, null, 1)}\n` };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  console.log(`Written to ${folder}: ${Object.keys(files).join(", ")}`);
}

await runCommand(bench);
