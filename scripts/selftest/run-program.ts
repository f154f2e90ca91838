import { cliFailure } from "../espruino-cli/failure.ts";
import type { Port } from "../espruino-cli/port.ts";
import { upload, type UploadEnd } from "../espruino-cli/upload.ts";
import { hintFor } from "../hints.ts";
import type { Steps } from "../terminal/steps.ts";
import { verdictOn } from "../terminal/verdict.ts";
import { inKilobytes } from "../terminal/steps.ts";
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
}

/** A request has 60 s in all, joining a WiFi 30 s; after each the program prints a line. */
const LONGEST_SILENCE_MS = 75_000;
const SHOWN_LINES = 8;

/**
 * Uploads the program and waits for all it has to say, as two steps.
 * @throws Error when the board did not take it, or the program did not come to its end
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
    if (!end.outcome?.isDone) throw silence.signal.aborted ? silenceError(end) : endError(end, job);
    return readReport(end.output);
  }, ({ results }) => `${results.filter(({ code }) => code === undefined).length} accepted`);
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

function silenceError({ output }: UploadEnd): Error {
  return new Error(`The program on the board fell silent for ${LONGEST_SILENCE_MS / 1_000} s; did the board reboot? Its last lines:\n${lastLines(output)}`);
}

function endError(end: UploadEnd, { port, signal }: ProgramJob): Error {
  if (signal.aborted) return cliFailure("interrupted", port);
  const hint = end.outcome?.isDone === false ? hintFor(end.outcome.code) : undefined;
  return new Error([verdictOn("The program on the board", end).text, ...(hint ? [`hint: ${hint}`] : []), lastLines(end.output)].join("\n"));
}

function lastLines(output: string[]): string {
  return output.slice(-SHOWN_LINES).map((line) => `  | ${line}`).join("\n");
}

/** @throws Error when the board's own line is missing */
function readReport(output: string[]): ProgramReport {
  const [board] = parsed<BoardFacts>(output, "board");
  if (!board) throw new Error(`The program on the board did not say which board it is. Its last lines:\n${lastLines(output)}`);
  return { board, results: parsed<AttemptResult>(output, "attempt") };
}

function parsed<T>(output: string[], word: string): T[] {
  const start = `=== ${word} `;
  return output.filter((line) => line.startsWith(start)).map((line) => JSON.parse(line.slice(start.length)) as T);
}
