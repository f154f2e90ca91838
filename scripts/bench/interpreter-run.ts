// One run of a subject's program in a process of its own.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants, mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { writableRam } from "./process-ram.ts";

/** What the program is told; the driver and the subjects read it as the global `job`. */
export interface ProgramJob {
  port: number;
  secure: boolean;
  /** Whether this interpreter lets the client verify a server. */
  verify: boolean;
  method: string;
  path: string;
  post?: string;
  streams: boolean;
  chunked: boolean;
  json: boolean;
  requests: number;
  /** Runs in valgrind: no deadline of usual length holds. */
  isSlow?: boolean;
  /** Adds up the bytes of the body. */
  sums?: boolean;
  /** Looks at the memory after each request. */
  looks?: boolean;
  settings: Record<string, unknown>;
}

/** How one request went. */
export interface RequestResult {
  error?: string;
  bytes: number;
  sum: number;
  ms: number;
  usedBlocks?: number;
}

export interface RunOptions {
  /** What comes before the interpreter's path. */
  runner?: string[];
  /** Leaves only so many JsVars free before the first request. */
  freeBlocks?: number;
  /** A run that hangs ends here. */
  deadlineMs?: number;
}

export interface Run {
  results: RequestResult[];
  /** All of its requests ended. */
  isDone: boolean;
  isOutOfMemory: boolean;
  /** How the process ended: an exit code or a signal. */
  exit: string;
  /** What the runner printed. */
  errors: string;
  output: string;
}

const CA_FILE = "ca.der";
const MARK = "@ ";
const DONE = `${MARK}"done"`;
const READY = `${MARK}"ready"`;
const OUT_OF_MEMORY = /OUT OF MEMORY|LOW_MEMORY|Execution Interrupted/;
/** The prompt, and the sequences that take it away, come before whatever a program prints. */
const PROMPT = /^(>|\r|\x1b\[[0-9;?]*[A-Za-z])+/;
const DEADLINE_MS = 120_000;
const RETRY_MS = 2;

/** Fills memory until so many blocks are free: with large arrays, which take neighbouring blocks, then with short texts. */
const BALLAST = `
var ballast=[], rest="";
function fill(free) {
  var bytes=process.memory().blocksize*500, more;
  while ((more=process.memory().free-free)>550) ballast.push(new Uint8Array(bytes));
  if (more>60) rest="0123456789".repeat(more-50);
  while (process.memory().free-free>2) rest+="0123456789";
  while (process.memory().free>free) rest+="0";
}
setTimeout(fill,0,job.freeBlocks);`;

/** An interpreter with a folder for its flash, which has the authority's certificate, and a subject's program. */
export class BenchBoard {
  readonly #binary: string;
  readonly #folder: string;
  readonly #program: string;
  #runs = 0;

  private constructor(binary: string, folder: string, program: string) {
    this.#binary = binary;
    this.#folder = folder;
    this.#program = program;
  }

  /** Makes the folder `name` below `parent`, with a flash. */
  static async create(binary: string, parent: string, name: string, program: string, ca: Buffer): Promise<BenchBoard> {
    const folder = join(parent, name);
    await mkdir(folder);
    await writeFile(join(folder, CA_FILE), ca);
    await writeFile(join(folder, "write.js"), `require("Storage").write("${CA_FILE}",require("fs").readFileSync("${CA_FILE}"));`);
    await promisify(execFile)(binary, ["write.js"], { cwd: folder });
    return new BenchBoard(binary, folder, program);
  }

  /**
   * Runs the program from RAM: on Linux flash is a file that is read bit by bit, which costs many times what it costs on a board, whose
   * flash is mapped into memory.
   */
  async run(job: ProgramJob, options: RunOptions = {}): Promise<Run> {
    const id = this.#runs++;
    const [script, fifo] = [`run${id}.js`, `ram${id}`];
    await promisify(execFile)("mkfifo", [join(this.#folder, fifo)]);
    await writeFile(join(this.#folder, script), `${preludeOf({ ...job, freeBlocks: options.freeBlocks }, fifo)}\n${this.#program}`, "latin1");
    try {
      const [command = this.#binary, ...parameters] = [...options.runner ?? [], this.#binary, script];
      return await watch(spawn(command, parameters, { cwd: this.#folder }), join(this.#folder, fifo), options);
    } finally {
      await Promise.all([script, fifo].map((file) => rm(join(this.#folder, file), { force: true })));
    }
  }
}

// The program waits for the pipe's other end without work: which addresses are RAM is known only once its process is there.
function preludeOf(job: ProgramJob & { freeBlocks: number | undefined }, fifo: string): string {
  return [
    `print(${JSON.stringify(READY)});`,
    `var job=${JSON.stringify(job)};job.settings.ram=JSON.parse(require("fs").readFileSync("${fifo}"));`,
    job.freeBlocks === undefined ? "" : BALLAST,
  ].join("\n");
}

async function watch(child: ChildProcess, fifo: string, { deadlineMs = DEADLINE_MS }: RunOptions): Promise<Run> {
  let [output, errors, isTold] = ["", "", false];
  const end = new AbortController();
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  child.stderr!.on("data", (bytes: Buffer) => (errors += bytes.toString("latin1")));
  child.stdout!.on("data", (bytes: Buffer) => {
    output += bytes.toString("latin1");
    if (!isTold && output.includes(READY)) void tellRam(fifo, child.pid!, end.signal);
    isTold ||= output.includes(READY);
    if (OUT_OF_MEMORY.test(output)) child.kill("SIGKILL");
  });
  const exit = await new Promise<string>((resolve) => child.once("close", (code, signal) => resolve(String(code ?? signal))));
  clearTimeout(timer);
  end.abort();
  return { ...readOutput(output), exit, errors, output };
}

function readOutput(output: string): Pick<Run, "results" | "isDone" | "isOutOfMemory"> {
  const lines = output.split(/\r?\n/).map((line) => line.replace(PROMPT, "")).filter((line) => line.startsWith(MARK));
  const told = lines.filter((line) => line !== READY && line !== DONE).flatMap(readResult);
  return { results: told, isDone: lines.includes(DONE), isOutOfMemory: OUT_OF_MEMORY.test(output) };
}

// Of a process that was killed the last line may be cut.
function readResult(line: string): RequestResult[] {
  try {
    return [JSON.parse(line.slice(MARK.length)) as RequestResult];
  } catch {
    return [];
  }
}

// Opened for writing without waiting, a pipe that nobody reads yet refuses.
async function tellRam(fifo: string, pid: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const pipe = await open(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
      await pipe.write(JSON.stringify(writableRam(readFileSync(`/proc/${pid}/maps`, "latin1"))));
      await pipe.close();
      return;
    } catch {
      await delay(RETRY_MS);
    }
  }
}
