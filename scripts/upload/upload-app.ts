import { readFile } from "node:fs/promises";
import { inspectBoard } from "../espruino-cli/inspect.ts";
import type { Port } from "../espruino-cli/port.ts";
import type { UploadEnd } from "../espruino-cli/upload.ts";
import { showUpload } from "../terminal/show-upload.ts";
import { inKilobytes, Steps } from "../terminal/steps.ts";
import { verdictOn } from "../terminal/verdict.ts";
import { checkBoard, describeBoard, storageBytes, warningsAbout, type Program } from "./check-board.ts";

export interface UploadOptions {
  app: string;
  save?: boolean;
  plain?: boolean;
  seconds?: number;
}

/**
 * Builds a program, looks whether the board can run it, sends it, and shows what it prints, step by step.
 * @param signal ends it: before the board has the program as a failure, after that the program goes on running there
 * @returns the exit code
 * @throws Error for people, when the board did not get the program
 */
export async function uploadApp(port: Port, { app, save, plain, seconds }: UploadOptions, signal: AbortSignal): Promise<number> {
  const steps = new Steps(4);
  const code = await steps.run(`Building ${app}`, () => build(app, plain), (built) => inKilobytes(built.length));
  const program: Program = { code, into: save ? "flash" : "ram" };
  await inspect(steps, port, program, signal);
  const end = await showUpload(steps, app, { port, ...program, signal, outcomeDeadlineMs: seconds && seconds * 1_000 });
  if (isLeftOnPurpose(end)) {
    console.log(`\n${app} goes on running on the board.`);
    return 0;
  }
  const { text, exitCode } = verdictOn(app, end);
  console.log(text);
  return exitCode;
}

async function build(app: string, isPlain = false): Promise<string> {
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { buildApp, describeBuildError } = await import("../build.ts");
  const bundle = await buildApp(app).catch((error: unknown) => {
    throw new Error(describeBuildError(error));
  });
  return await readFile(isPlain ? bundle.plain : bundle.minified, "latin1");
}

async function inspect(steps: Steps, port: Port, program: Program, signal: AbortSignal): Promise<void> {
  const look = (): ReturnType<typeof inspectBoard> => inspectBoard({ port, storageBytes: storageBytes(program), signal });
  const facts = await steps.run(`Looking at the board at ${port.name}`, look, describeBoard);
  checkBoard(facts, program);
  for (const warning of warningsAbout(facts, program)) console.log(`      warning: ${warning}`);
}

function isLeftOnPurpose(end: UploadEnd): boolean {
  return !end.outcome && !end.uncaught && end.failure?.kind === "interrupted";
}
