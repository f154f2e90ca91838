import { spawn, type ChildProcess } from "node:child_process";
import { uploadArguments, type CliJob } from "./arguments.ts";
import { boardLine } from "./board-line.ts";
import { cliFailure, failureIn, type CliFailure, type FailureKind } from "./failure.ts";
import { onLines } from "./lines.ts";

/** What the listener of board lines can do with the running CLI. */
export interface CliControl {
  /** Everything wanted has been seen: ends the CLI. */
  finish(): void;
  /** Ends the CLI because of a failure. */
  fail(kind: FailureKind): void;
  /** Replaces the deadline by one `ms` from now; undefined: none. */
  setDeadline(ms: number | undefined): void;
}

export interface CliOptions extends CliJob {
  /** Takes each line that the board prints. */
  onLine(line: string, control: CliControl): void;
  /** Everything has been given to the line. The CLI (0.1.67) forgets to say so for less than 512 bytes. */
  onSent?(control: CliControl): void;
  deadlineMs: number;
  signal?: AbortSignal | undefined;
}

export interface CliEnd {
  timedOut: boolean;
  /** Why the run did not come to its end; undefined after `finish()`, and after a deadline, which `timedOut` tells. */
  failure: CliFailure | undefined;
  /** The CLI's own code; null when it was ended by us. It is 0 even when the CLI could not connect, so it proves nothing. */
  exitCode: number | null;
}

/** How many of the CLI's own lines an error shows. */
const SHOWN_CHATTER_LINES = 12;

/** Runs the espruino CLI until the listener is satisfied, something fails, the deadline passes, or `signal` aborts. */
export function runCli(options: CliOptions): Promise<CliEnd> {
  const child = spawn(process.execPath, uploadArguments(options), { cwd: options.folder, stdio: ["ignore", "pipe", "pipe"] });
  const run = new CliProcess(child, options);
  return run.end;
}

class CliProcess implements CliControl {
  readonly end: Promise<CliEnd>;
  #child: ChildProcess;
  #options: CliOptions;
  #chatter: string[] = [];
  #isEnding = false;
  #timedOut = false;
  #failureKind: FailureKind | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, options: CliOptions) {
    this.#child = child;
    this.#options = options;
    this.end = this.#waitForEnd();
    this.setDeadline(options.deadlineMs);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) onLines(stream, (line) => this.#takeLine(line));
    }
  }

  finish(): void {
    this.#isEnding = true;
    this.#child.kill();
  }

  fail(kind: FailureKind): void {
    this.#failureKind ??= kind;
    this.finish();
  }

  setDeadline(ms: number | undefined): void {
    clearTimeout(this.#deadline);
    if (ms !== undefined) this.#deadline = setTimeout(() => this.#onDeadline(), ms);
  }

  #onDeadline(): void {
    this.#timedOut = true;
    this.finish();
  }

  #takeLine(cliLine: string): void {
    if (this.#isEnding) return;
    const kind = failureIn(cliLine);
    const line = boardLine(cliLine);
    if (kind) this.fail(kind);
    else if (line !== undefined) this.#options.onLine(line, this);
    else this.#takeChatter(cliLine);
  }

  #takeChatter(cliLine: string): void {
    this.#chatter.push(cliLine);
    if (cliLine.startsWith("Upload Complete")) this.#options.onSent?.(this);
  }

  async #waitForEnd(): Promise<CliEnd> {
    const abort = (): void => this.fail("interrupted");
    this.#options.signal?.addEventListener("abort", abort);
    if (this.#options.signal?.aborted) abort();
    const exitCode = await new Promise<number | null>((resolve) => {
      this.#child.once("close", resolve);
      this.#child.once("error", () => resolve(null));
    });
    this.#options.signal?.removeEventListener("abort", abort);
    clearTimeout(this.#deadline);
    if (!this.#isEnding) this.#failureKind = "cli-ended";
    return { timedOut: this.#timedOut, failure: this.#failure(), exitCode };
  }

  #failure(): CliFailure | undefined {
    const kind = this.#failureKind;
    if (kind === undefined) return undefined;
    const detail = kind === "cli-ended" ? this.#chatter.slice(-SHOWN_CHATTER_LINES).join("\n") : "";
    return cliFailure(kind, this.#options.port, detail);
  }
}
