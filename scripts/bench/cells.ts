// All cells of the tables, measured: each subject with each job, plain and over TLS.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchBoard } from "./interpreter-run.ts";
import { JOBS, STREAM_SIZES, type Job } from "./jobs.ts";
import { countIdleWork, countWork, findPeakBlocks, group, measureQuickly, type Bench, type QuickFigures } from "./measure.ts";
import { programOf, SUBJECTS, type SubjectName } from "./program.ts";

export interface Cell extends QuickFigures {
  subject: SubjectName;
  job: string;
  secure: boolean;
  /** JsVars above idle; undefined on a build whose memory grows. */
  peakBlocks?: number | undefined;
  /** Of one request. */
  work?: number;
}

export interface Plan {
  jobs: Job[];
  subjects: SubjectName[];
}

/** Two runs in valgrind at a time: it takes one core each. What is timed runs alone. */
const WORKERS = 2;

/** Boards for the subjects, in a folder that `remove` deletes. */
export async function makeBoards(binary: string, subjects: SubjectName[], ca: Buffer): Promise<{ boards: Map<SubjectName, BenchBoard>; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-bench-"));
  const boards = new Map<SubjectName, BenchBoard>();
  for (const subject of subjects) boards.set(subject, await BenchBoard.create(binary, folder, subject, await programOf(subject), ca));
  return { boards, remove: () => rm(folder, { recursive: true }) };
}

/** Measures every cell of a plan. `onCell` hears of each that is complete. */
export async function measureCells(boards: Map<SubjectName, BenchBoard>, plan: Plan, bench: Bench, onCell: (line: string) => void): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const secure of [false, true]) {
    for (const job of plan.jobs) {
      for (const subject of plan.subjects) {
        const cell = { subject, job: job.name, secure, ...await measureQuickly(boards.get(subject)!, job, secure, bench) };
        cells.push(cell);
        onCell(`${label(cell, job)}: ${cell.check.works ? `${cell.wallMs!.toFixed(1)} ms` : cell.check.reason}`);
      }
    }
  }
  await measureSlowly(boards, plan, cells, bench, onCell);
  return cells;
}

async function measureSlowly(boards: Map<SubjectName, BenchBoard>, { jobs }: Plan, cells: Cell[], bench: Bench, onCell: (line: string) => void): Promise<void> {
  const idle = new Map<string, Promise<number>>();
  await inParallel(cells.filter(({ check }) => check.works), async (cell) => {
    const { subject, secure } = cell;
    const board = boards.get(subject)!;
    const job = jobs.find(({ name }) => name === cell.job)!;
    const key = `${subject} ${secure}`;
    if (!idle.has(key)) idle.set(key, countIdleWork(board, job, secure, bench));
    cell.work = await countWork(board, job, secure, bench, await idle.get(key)!);
    cell.peakBlocks = await findPeakBlocks(board, job, secure, bench);
    onCell(`${label(cell, job)}: ${group(cell.work)} ${bench.unit}, ${cell.peakBlocks ?? "?"} JsVars at the peak`);
  });
}

/** JsVars at the peak of a stream, by its size in bytes. */
export async function measureSizes(board: BenchBoard, secure: boolean, bench: Bench, near: number | undefined): Promise<Record<number, number | undefined>> {
  const peaks: Record<number, number | undefined> = {};
  for (const job of STREAM_SIZES) peaks[job.bytes] = await findPeakBlocks(board, job, secure, bench, near);
  return peaks;
}

/** The work of a small request over TLS without verification; what verification costs is the difference. */
export async function countUnverified(board: BenchBoard, bench: Bench): Promise<number> {
  const unverified = { ...bench, verify: false };
  return countWork(board, JOBS[0]!, true, unverified, await countIdleWork(board, JOBS[0]!, true, unverified));
}

function label({ subject, secure }: Cell, job: Job): string {
  return `${secure ? "TLS" : "plain"} ${job.title}, ${SUBJECTS.find(({ name }) => name === subject)!.title}`;
}

async function inParallel<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}
