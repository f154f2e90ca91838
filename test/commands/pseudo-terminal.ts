// Runs a command in a terminal of its own, as a person would see it, without anything to compile: by `script` of util-linux.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const TSX = import.meta.resolve("tsx");
const ROWS = 24;
/** Longer than anything a person waits for at a terminal. */
const PATIENCE_MS = 20_000;

/** What the keys of a terminal send. */
export const KEYS = {
  enter: "\r", left: "\x1b[D", right: "\x1b[C", up: "\x1b[A", down: "\x1b[B", home: "\x1b[H", end: "\x1b[F",
  backspace: "\x7f", tab: "\t", ctrlC: "\x03", ctrlD: "\x04",
} as const;

/** Why there can be no terminal here, if so. The `script` of other systems takes other arguments. */
export const NO_TERMINAL: string | false = /util-linux/.test(spawnSync("script", ["--version"]).stdout?.toString() ?? "")
  ? false
  : "there is no `script` of util-linux";

export interface TerminalOptions {
  columns?: number;
  env?: Record<string, string>;
  cwd?: string;
}

/** A command in a terminal. */
export interface TerminalRun {
  child: ChildProcess;
  /** All that it drew, as Latin-1, with its control sequences. */
  readonly text: string;
  ended: Promise<{ exitCode: number | null; text: string }>;
  type(keys: string): void;
  /** Resolves when what came since the last wait matches; rejects when the command ends without it. */
  waitFor(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  /** Cuts the terminal, as closing its window does. */
  close(): Promise<void>;
}

/** Starts scripts/VERB.ts in a terminal, as `npm run VERB` does. */
export function verbInTerminal(verb: string, args: string[], options?: TerminalOptions): TerminalRun {
  const script = fileURLToPath(new URL(`../../scripts/${verb}.ts`, import.meta.url));
  return startInTerminal([process.execPath, "--import", TSX, script, ...args], options);
}

/** Starts a command in a terminal of 24 rows. */
export function startInTerminal(command: string[], { columns = 80, env, cwd }: TerminalOptions = {}): TerminalRun {
  const inside = `stty cols ${columns} rows ${ROWS}; exec ${command.map(quoted).join(" ")}`;
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const child = spawn("script", ["-qfec", inside, "/dev/null"], {
    cwd, env: { ...inherited, TERM: "xterm", SHELL: "/bin/sh", ...env }, stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  return new Run(child);
}

class Run implements TerminalRun {
  text = "";
  readonly child: ChildProcess;
  readonly ended: TerminalRun["ended"];
  readonly #ending: Promise<never>;
  #seen = 0;
  #onText: () => void = () => {};

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes: Buffer) => this.#take(bytes));
    this.ended = new Promise((resolve) => {
      child.once("close", (exitCode) => resolve({ exitCode, text: this.text }));
    });
    this.#ending = this.ended.then(({ text }) => Promise.reject(new Error(`The command has ended:\n${text}`)));
    this.#ending.catch(() => {});
  }

  type(keys: string): void {
    this.child.stdin?.write(keys, "utf8");
  }

  waitFor(pattern: RegExp, patienceMs = PATIENCE_MS): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      this.#onText = () => {
        const match = pattern.exec(this.text.slice(this.#seen));
        if (!match) return;
        this.#onText = () => {};
        this.#seen += match.index + match[0].length;
        resolve(match);
      };
      this.#onText();
    });
    let patience: NodeJS.Timeout | undefined;
    const inVain = new Promise<never>((_resolve, reject) => {
      patience = setTimeout(() => reject(new Error(`${String(pattern)} did not come. After ${JSON.stringify(this.text.slice(0, this.#seen).slice(-200))} ` +
        `came ${JSON.stringify(this.text.slice(this.#seen))}`)), patienceMs);
    });
    return Promise.race([found, this.#ending, inVain]).finally(() => clearTimeout(patience));
  }

  async close(): Promise<void> {
    // With `script` gone the terminal is cut, and the command in it gets a SIGHUP; `script` itself would wait for it.
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #take(bytes: Buffer): void {
    this.text += bytes.toString("latin1");
    this.#onText();
  }
}

/** An argument for /bin/sh. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
