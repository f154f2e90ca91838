import { CLEAR_BOOTS, savedProgram } from "./boot-code.ts";
import { cliFailure, type CliFailure, type FailureKind } from "./failure.ts";
import { createMarker, type Marker } from "./marker.ts";
import { parseOutcome, type Outcome } from "./outcome.ts";
import type { Port } from "./port.ts";
import { runCli, type CliControl, type CliEnd } from "./run.ts";
import { nameLocally } from "./storage.ts";
import { sendAgainIfDamaged } from "./send-again.ts";
import { withWorkspace } from "./workspace.ts";

/** Connecting and resetting take about 2 s; the CLI waits up to 30 s for a board that talks all the time. */
const CONNECT_DEADLINE_MS = 45_000;
/** A board confirms within this after the last byte was sent, and after the time its slowest line needs for them. */
const CONFIRM_DEADLINE_MS = 15_000;
/** Of a serial line at 115200 baud with the CLI's pauses of 250 ms after each 384 bytes for Storage. */
const SLOWEST_BYTES_PER_S = 1_000;
/** Of the interpreter for Linux, which takes its input from a pipe that holds 64 KB. */
const SLOWEST_INPUT_BYTES_PER_S = 5_000;
/** Ways to end in the middle of an upload. */
const BROKEN_OFF = new Set<FailureKind>(["disconnected", "interrupted"]);
/** What such an end leaves on the board. */
const WHAT_IS_LEFT = {
  ram: "The board did not confirm the program. Nothing of it is in its flash: upload it again.",
  flash: "The board did not confirm the program. Half a program never runs: until a new one is there whole, a saved one before it stays. " +
    "Upload it again.",
};
/** A program may print for days. */
const KEPT_OUTPUT_LINES = 10_000;
/** In the trace of an exception that a saved program threw while the board loaded it. */
const BOOT_TRACE = /\bat \.bootcde\b/;

export interface UploadJob {
  port: Port;
  /** The program's bundle, in ASCII. */
  code: string;
  /** "ram": runs until the next reset. "flash": runs at each boot as well. */
  into: "ram" | "flash";
  /** The board has taken the program, and starts it (flash) or has run it to its end (RAM; its timers go on). */
  onUploaded?: () => void;
  /** Takes each line that the program prints. */
  onLine?: (line: string) => void;
  /** How long to wait for the outcome line after the upload; undefined: until `signal`. */
  outcomeDeadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface UploadEnd {
  /** The board confirmed the upload. */
  isUploaded: boolean;
  /** What the program's last line said; undefined when it did not come. */
  outcome: Outcome | undefined;
  /** The exception that stopped the program while it was sent to RAM, as the firmware prints it. */
  uncaught: string | undefined;
  /** The lines that the program printed; of very many only the last. */
  output: string[];
  /** The outcome did not come in time. */
  timedOut: boolean;
  /** The connection broke, or `signal` ended it, after the upload. */
  failure: CliFailure | undefined;
  exitCode: number | null;
}

/**
 * Resets the board, sends it a program, and shows what the program prints until it says how it ended, all in one
 * connection, because a serial line keeps nothing for the next one. A program that arrived damaged is sent once more.
 * @throws CliFailure when the board did not take the program
 */
export function upload(job: UploadJob): Promise<UploadEnd> {
  const exceptions = new LoadExceptions();
  return sendAgainIfDamaged(() => uploadOnce(job, exceptions));
}

async function uploadOnce(job: UploadJob, exceptions: LoadExceptions): Promise<UploadEnd> {
  const { begin, end, files, localFiles } = job.into === "ram" ? ramFiles(job.code) : flashFiles(job.code);
  const session = new UploadSession(job, begin, end, exceptions);
  const cliEnd = await withWorkspace(localFiles, (folder) =>
    runCli({
      port: job.port, folder, file: "program.js", storage: files, signal: job.signal,
      deadlineMs: CONNECT_DEADLINE_MS + (job.code.length / SLOWEST_BYTES_PER_S) * 1_000,
      onLine: (line, control) => session.takeLine(line, control),
      onSent: (control) => session.onSent(control),
    }));
  if (!session.isUploaded) throw failureOf(session, cliEnd, job);
  const { isUploaded, outcome, uncaught, output } = session;
  return { isUploaded, outcome, uncaught, output, ...cliEnd };
}

function failureOf({ isSent, uncaught }: UploadSession, { failure }: CliEnd, { port, into }: UploadJob): CliFailure {
  if (failure && BROKEN_OFF.has(failure.kind)) return cliFailure(failure.kind, port, WHAT_IS_LEFT[into]);
  if (failure && failure.kind !== "damaged") return failure;
  return cliFailure(failure || isSent ? "damaged" : "timeout", port, uncaught);
}

/**
 * Exceptions while a program is loaded, over the attempts to send it. A character that got lost can show as any of them,
 * but hardly as the same one twice.
 */
class LoadExceptions {
  #last: string | undefined;

  /** Whether the program itself throws this, and not what became of it on the way. */
  isProgramsOwn(uncaught: string): boolean {
    const isSame = uncaught === this.#last && !uncaught.startsWith("Uncaught SyntaxError");
    this.#last = uncaught;
    return isSame;
  }
}

interface Prepared {
  /** Printed before anything of the program. */
  begin: Marker;
  /** Printed when the board has the program. */
  end: Marker;
  files: Record<string, string>;
  localFiles: Record<string, string | Uint8Array>;
}

function ramFiles(code: string): Prepared {
  const begin = createMarker("uploading");
  const end = createMarker("uploaded");
  return { begin, end, files: {}, localFiles: { "program.js": `${CLEAR_BOOTS}\n${begin.statement}\n${code}\n${end.statement}\n` } };
}

function flashFiles(code: string): Prepared {
  const saved = createMarker("saved");
  const { file, install, isInstalled } = savedProgram(code);
  const { storage, localFiles } = nameLocally({ [file]: Buffer.from(code, "latin1") });
  const check = `${install}\nif (${isInstalled}) { ${saved.statement} load(); } else print("=== not saved");\n`;
  return { begin: saved, end: saved, files: storage, localFiles: { ...localFiles, "program.js": check } };
}

/** Follows the board's lines through an upload. */
class UploadSession {
  isSent = false;
  isUploaded = false;
  outcome: Outcome | undefined;
  uncaught: string | undefined;
  output: string[] = [];
  #hasBegun = false;
  #job: UploadJob;
  #begin: Marker;
  #end: Marker;
  #exceptions: LoadExceptions;
  #lastUncaught: string | undefined;

  constructor(job: UploadJob, begin: Marker, end: Marker, exceptions: LoadExceptions) {
    this.#job = job;
    this.#begin = begin;
    this.#end = end;
    this.#exceptions = exceptions;
  }

  onSent(control: CliControl): void {
    this.isSent = true;
    const inputMs = (this.#job.code.length / SLOWEST_INPUT_BYTES_PER_S) * 1_000;
    if (!this.isUploaded) control.setDeadline(CONFIRM_DEADLINE_MS + inputMs);
  }

  takeLine(line: string, control: CliControl): void {
    const isMarker = line === this.#begin.line || line === this.#end.line;
    if (line === this.#begin.line) this.#hasBegun = true;
    if (this.#hasBegun && !isMarker) this.#takeProgramLine(line);
    if (line === this.#end.line) this.#onTaken(control);
    if (line === "=== not saved") control.fail("not-saved");
    if (this.isUploaded && (this.outcome || this.uncaught)) control.finish();
  }

  #onTaken(control: CliControl): void {
    if (this.uncaught && !this.#exceptions.isProgramsOwn(this.uncaught)) {
      control.fail("damaged");
      return;
    }
    this.isUploaded = true;
    control.setDeadline(this.#job.outcomeDeadlineMs);
    this.#job.onUploaded?.();
    for (const line of this.output) this.#job.onLine?.(line);
  }

  /** Lines that come before the board has taken the program are shown when it has: it may have to be sent again. */
  #takeProgramLine(line: string): void {
    this.output.push(line);
    if (this.output.length > KEPT_OUTPUT_LINES) this.output.shift();
    if (this.isUploaded) this.#job.onLine?.(line);
    if (line.startsWith("Uncaught ")) this.#lastUncaught = line;
    // Of a saved program the trace tells whether it was still being loaded.
    if (this.#lastUncaught && (!this.isUploaded || BOOT_TRACE.test(line))) this.uncaught ??= this.#lastUncaught;
    this.outcome ??= parseOutcome(line);
  }
}
