import { cliFailure } from "../espruino-cli/failure.ts";
import type { Port } from "../espruino-cli/port.ts";
import { upload, type UploadEnd } from "../espruino-cli/upload.ts";
import { hintFor } from "../hints.ts";
import { inKilobytes, type Steps } from "../terminal/steps.ts";
import { verdictOn } from "../terminal/verdict.ts";
import type { AttemptResult, BoardFacts } from "./messages.ts";

export interface ProgramJob {
  port: Port;
  code: string;
  signal: AbortSignal;
}

/** What the program found out. */
export interface ProgramReport {
  board: BoardFacts;
  results: AttemptResult[];
  /** Why it did not come to its end, as a crash of the firmware would be. */
  breakdown: string | undefined;
}

/** A request has 60 s in all, joining a WiFi 30 s; after each the program prints a line. */
const LONGEST_SILENCE_MS = 75_000;
const SHOWN_LINES = 8;

/**
 * Uploads the program and waits for all it has to say, as two steps.
 * @throws Error when the board did not take it, or the program could not get to the servers at all
 */
export async function runProgram(steps: Steps, job: ProgramJob, attemptCount: number): Promise<ProgramReport> {
  const silence = new AbortController();
  const run = await steps.run(
    `Uploading the program to ${job.port.name} with the espruino CLI`,
    () => whenUploaded({ ...job, signal: AbortSignal.any([job.signal, silence.signal]) }, () => silence.abort()),
    () => inKilobytes(job.code.length),
  );
  return await steps.run(`Connecting ${attemptCount} times`, async () => {
    const end = await run.whenEnded;
    if (job.signal.aborted) throw cliFailure("interrupted", job.port);
    return readReport(end, silence.signal.aborted ? `it was silent for ${LONGEST_SILENCE_MS / 1_000} s` : end.failure?.message);
  }, describeReport);
}

function describeReport({ results, breakdown }: ProgramReport): string {
  const accepted = `${results.filter(({ code }) => code === undefined).length} accepted`;
  return breakdown === undefined ? accepted : `${accepted}, and then it broke off`;
}

/** Resolves when the board has the program; how it ends is another matter. */
function whenUploaded(job: ProgramJob, onSilence: () => void): Promise<{ whenEnded: Promise<UploadEnd> }> {
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onSilence, LONGEST_SILENCE_MS);
  };
  return new Promise((resolve, reject) => {
    const onUploaded = (): void => {
      restart();
      resolve({ whenEnded });
    };
    const whenEnded = upload({ ...job, into: "ram", onUploaded, onLine: () => timer && restart() }).finally(() => clearTimeout(timer));
    whenEnded.catch(reject);
  });
}

/** @throws Error when the program ended, or broke off, before it came to the first server */
function readReport(end: UploadEnd, brokenBy: string | undefined): ProgramReport {
  const [board] = parsed<BoardFacts>(end.output, "board");
  if (!board || (!end.outcome?.isDone && brokenBy === undefined)) throw endError(end, brokenBy);
  const results = parsed<AttemptResult>(end.output, "attempt");
  return { board, results, breakdown: end.outcome ? undefined : `After ${results.length} connections the program broke off: ${brokenBy}` };
}

function endError(end: UploadEnd, brokenBy: string | undefined): Error {
  const reason = brokenBy === undefined ? verdictOn("The program on the board", end).text : `The program on the board broke off: ${brokenBy}`;
  const hint = end.outcome?.isDone === false ? hintFor(end.outcome.code) : undefined;
  return new Error([reason, ...(hint ? [`hint: ${hint}`] : []), lastLines(end.output)].join("\n"));
}

function lastLines(output: string[]): string {
  return output.slice(-SHOWN_LINES).map((line) => `  | ${line}`).join("\n");
}

function parsed<T>(output: string[], word: string): T[] {
  const start = `=== ${word} `;
  return output.filter((line) => line.startsWith(start)).map((line) => JSON.parse(line.slice(start.length)) as T);
}
