import { writeStorage } from "../espruino-cli/storage.ts";
import { inKilobytes, type Steps } from "../terminal/steps.ts";
import { buildProgram } from "./build-program.ts";
import { SERVER_CASES, type ServerCase } from "./cases.ts";
import { collectFindings, compareRandoms, isNodeEngine, type Examination } from "./findings.ts";
import type { Manner } from "./messages.ts";
import { runProgram, type ProgramReport } from "./run-program.ts";
import type { TestBoard } from "./test-board.ts";
import { startTestServers, type TestServers } from "./test-servers.ts";

export interface ExaminationJob {
  board: TestBoard;
  /** IPv4 address of this computer as the board sees it. */
  address: string;
  /** Boot twice and compare what the connections began with. */
  comparesBoots: boolean;
  steps: Steps;
  signal: AbortSignal;
}

/** How many steps `examine` shows. */
export function stepCount(comparesBoots: boolean): number {
  return comparesBoots ? 10 : 6;
}

/** The server whose ClientHellos are compared. */
const COMPARED = SERVER_CASES[0]!;

/**
 * Boots the board and sends it to all servers; then, where that can tell something, boots it again and sends it to one of them.
 * The servers are closed at the end; the board is left to its owner.
 * @throws Error of the step that failed
 */
export async function examine(job: ExaminationJob): Promise<Examination> {
  const { steps, address } = job;
  const code = await steps.run("Building the program", buildProgram, (built) => inKilobytes(built.length));
  const count = SERVER_CASES.length;
  const start = (): Promise<TestServers> => startTestServers(address);
  const servers = await steps.run(`Starting ${count} TLS servers at ${address}`, start, () => "waiting for the board");
  try {
    return await meetServers(job, servers, code);
  } finally {
    await servers.stop();
  }
}

async function meetServers(job: ExaminationJob, servers: TestServers, code: string): Promise<Examination> {
  const first = await bootAndRun(job, servers, code);
  const examination: Examination = {
    board: first.board,
    servers: collectFindings(first.results, servers),
    randoms: { stock: "not measurable", hardened: "not measurable" },
    breakdowns: breakdownOf(first),
  };
  if (!job.comparesBoots) return examination;
  if (isNodeEngine(first.board)) {
    job.steps.announce("Not booting again: on the virtual board's node engine Node chooses the random");
    return examination;
  }
  const counts = forEachManner((manner) => servers.meetings(COMPARED, manner).length);
  examination.breakdowns.push(...await runAgain(job, servers, code));
  examination.randoms = forEachManner((manner) => {
    const meetings = servers.meetings(COMPARED, manner);
    return compareRandoms(counts[manner] > 0 ? meetings[0] : undefined, meetings[counts[manner]]);
  });
  return examination;
}

/** What was found before is worth showing, whatever happens now. */
async function runAgain(job: ExaminationJob, servers: TestServers, code: string): Promise<string[]> {
  try {
    return breakdownOf(await bootAndRun(job, servers, code, COMPARED));
  } catch (error) {
    if (job.signal.aborted) throw error;
    return [`The comparison of two boots did not succeed: ${(error as Error).message}`];
  }
}

function breakdownOf({ breakdown }: ProgramReport): string[] {
  return breakdown === undefined ? [] : [breakdown];
}

function forEachManner<T>(give: (manner: Manner) => T): Record<Manner, T> {
  return { stock: give("stock"), hardened: give("hardened") };
}

async function bootAndRun(job: ExaminationJob, servers: TestServers, code: string, onlyCase?: ServerCase): Promise<ProgramReport> {
  const { board, steps, signal } = job;
  await steps.run(`Booting ${board.name}${onlyCase ? " again" : ""}`, () => board.boot(signal), () => board.port.name);
  const files = { ...board.settingsFiles(), ...servers.files(onlyCase) };
  const write = (): Promise<void> => writeStorage({ port: board.port, files, signal });
  await steps.run("Telling it in its Storage where the servers are", write, () => "written");
  const attemptCount = onlyCase ? 2 : 2 * SERVER_CASES.length;
  return await runProgram(steps, { port: board.port, code, signal }, attemptCount);
}
