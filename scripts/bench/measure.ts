// What one subject takes for one job: wall time, JsVars, instructions, bytes on the wire.
import { bodyOf, type Job } from "./jobs.ts";
import type { BenchBoard, ProgramJob, Run, RunOptions } from "./interpreter-run.ts";
import { HOST, type BenchServers, type WireBytes } from "./servers.ts";

/** How work is counted: exactly, or by the time that the processor took. */
export type WorkUnit = "instructions" | "CPU milliseconds";

export interface Bench {
  servers: BenchServers;
  /** Whether this interpreter lets the client verify a server. */
  verify: boolean;
  unit: WorkUnit;
  /** Work and time are measured once only. */
  isQuick: boolean;
}

/** What a check of the answer's bytes came to. */
export type Check = { works: true } | { works: false; reason: string };

export interface QuickFigures {
  check: Check;
  /** Median of one request, the first left out. */
  wallMs?: number;
  /** JsVars in use after the second request beyond those after the first, and after the last beyond the one before. */
  leftBlocks?: { second: number; last: number };
  /** Of one request. */
  wire?: WireBytes;
}

/** As many as the client's journal keeps, and a few more. */
const CHECKED_REQUESTS = 6;
const TIMED_REQUESTS = { quick: 2, usual: 6 };
/** Work of a long answer differs by a few thousandths of a percent: once is enough, and a short one is counted so often. */
const COUNTS = 3;
const LONG_BYTES = 100_000;
/** A job of another size is looked for near the peak of the first. */
const NEAR_BLOCKS = 8;
/** A subject that hangs, hangs for ever. */
const HANG_MS = 30_000;
const COUNT_DEADLINE_MS = 180_000;
/** Most JsVars that are tried: beyond, a job is as good as too big. */
const MOST_BLOCKS = 12_000;
/** Too few for any job: a run that succeeds shows that memory grows. */
const FEWEST_BLOCKS = 16;
const FIRST_BLOCKS = 256;
const COUNTER = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
/** The shell's own clock has milliseconds. */
const CLOCK = ["bash", "-c", 'TIMEFORMAT="cpu %3U %3S"; time "$@"', "bash"];

/** What the program is told of a job. */
export function programJob(job: Job, secure: boolean, bench: Bench, more: Partial<ProgramJob> = {}): ProgramJob {
  const port = secure ? bench.servers.ports.tls : bench.servers.ports.plain;
  return {
    port,
    secure,
    verify: bench.verify,
    method: job.method,
    path: `/${job.name}`,
    ...(job.method === "POST" && { post: bodyOf(job) }),
    streams: job.body === "stream",
    chunked: job.framing.by === "chunks",
    json: job.body === "json",
    requests: 1,
    settings: { connectTo: { [`${HOST}:${port}`]: `127.0.0.1:${port}` } },
    ...more,
  };
}

/** Checks every byte of the answer, and measures what needs no more than a few requests. Nothing else should run meanwhile. */
export async function measureQuickly(board: BenchBoard, job: Job, secure: boolean, bench: Bench): Promise<QuickFigures> {
  const run = await board.run(programJob(job, secure, bench, { requests: CHECKED_REQUESTS, sums: true, looks: true }), { deadlineMs: HANG_MS });
  const check = checkRun(run, job, CHECKED_REQUESTS);
  if (!check.works) return { check };
  bench.servers.takeWire();
  const requests = bench.isQuick ? TIMED_REQUESTS.quick : TIMED_REQUESTS.usual;
  const timed = await board.run(programJob(job, secure, bench, { requests }), { deadlineMs: HANG_MS });
  const { sent, received } = bench.servers.takeWire();
  return {
    check: checkRun(timed, job, requests, false),
    wallMs: median(timed.results.slice(1).map(({ ms }) => ms)),
    leftBlocks: leftOf(run),
    wire: { sent: Math.round(sent / requests), received: Math.round(received / requests) },
  };
}

function leftOf({ results }: Run): { second: number; last: number } {
  const used = (at: number): number => results.at(at)?.usedBlocks ?? NaN;
  return { second: used(1) - used(0), last: used(-1) - used(-2) };
}

function checkRun(run: Run, job: Job, requests: number, hasSum = true): Check {
  const bad = run.results.find(({ error, bytes, sum }) => error || bytes !== job.bytes || (hasSum && sum !== sumOf(job)));
  if (bad?.error) return { works: false, reason: bad.error };
  if (bad && bad.bytes !== job.bytes) return { works: false, reason: `delivers ${group(bad.bytes)} of ${group(job.bytes)} bytes` };
  if (bad) return { works: false, reason: "delivers wrong bytes" };
  if (run.isOutOfMemory) return { works: false, reason: "out of memory" };
  if (run.results.length === requests && run.isDone) return { works: true };
  return { works: false, reason: run.exit === "SIGKILL" ? `hangs after ${run.results.length} requests` : `the interpreter ends (${run.exit})` };
}

function sumOf(job: Job): number {
  return Buffer.from(bodyOf(job)).reduce((sum, byte) => sum + byte, 0);
}

/**
 * The fewest free JsVars with which the job still succeeds, found by filling memory before it begins: what the subject takes above
 * idle at its peak, whenever that is, and without a probe inside. Undefined where memory grows when it is full.
 */
export async function findPeakBlocks(board: BenchBoard, job: Job, secure: boolean, bench: Bench, near?: number): Promise<number | undefined> {
  const succeeds = async (freeBlocks: number): Promise<boolean> =>
    checkRun(await board.run(programJob(job, secure, bench), { freeBlocks, deadlineMs: HANG_MS }), job, 1, false).works;
  let [tooFew, enough] = near === undefined ? [FEWEST_BLOCKS, FIRST_BLOCKS] : [near - NEAR_BLOCKS, near + NEAR_BLOCKS];
  if (await succeeds(tooFew)) {
    if (near === undefined) return undefined;
    [tooFew, enough] = [FEWEST_BLOCKS, tooFew];
  }
  while (!(await succeeds(enough))) {
    [tooFew, enough] = [enough, enough * 2];
    if (enough > MOST_BLOCKS) return undefined;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (await succeeds(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The work of the interpreter for one request: that of a run with it less `idleWork`, that of a run without. */
export async function countWork(board: BenchBoard, job: Job, secure: boolean, bench: Bench, idleWork: number): Promise<number> {
  return (await countRuns(board, programJob(job, secure, bench, { isSlow: true }), bench, job.bytes > LONG_BYTES ? 1 : COUNTS)) - idleWork;
}

/** The work of starting, loading the program and ending. */
export async function countIdleWork(board: BenchBoard, job: Job, secure: boolean, bench: Bench): Promise<number> {
  return countRuns(board, programJob(job, secure, bench, { requests: 0, isSlow: true }), bench, COUNTS);
}

async function countRuns(board: BenchBoard, job: ProgramJob, { unit, isQuick }: Bench, times: number): Promise<number> {
  const counts = [];
  for (let i = 0; i < (isQuick ? 1 : times); i++) counts.push(await workOf(board, job, unit));
  return median(counts);
}

async function workOf(board: BenchBoard, job: ProgramJob, unit: WorkUnit): Promise<number> {
  const runner = unit === "instructions" ? COUNTER : CLOCK;
  const options: RunOptions = { runner, deadlineMs: COUNT_DEADLINE_MS };
  const run = await board.run(job, options);
  const work = unit === "instructions" ? readInstructions(run.errors) : readCpuMs(run.errors);
  // A request that ends in an error is less work, and would look like a good figure.
  const isWhole = run.isDone && run.results.length === job.requests && run.results.every(({ error }) => !error);
  if (work === undefined || !isWhole) throw new Error(`Cannot count the work of ${job.path}: ${run.exit}\n${run.errors.slice(-500)}\n${run.output.slice(-500)}`);
  return work;
}

function readInstructions(errors: string): number | undefined {
  const [, count] = /I +refs: +([\d,]+)/.exec(errors) ?? [];
  return count === undefined ? undefined : Number(count.replaceAll(",", ""));
}

function readCpuMs(errors: string): number | undefined {
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(errors) ?? [];
  return user === undefined ? undefined : (Number(user) + Number(system)) * 1_000;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** 1048576 -> "1,048,576" */
export function group(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
