import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OutputWatcher } from "../board/output-watcher.ts";

const TSX = import.meta.resolve("tsx");

export interface VerbOptions {
  /** Typed into it; then its input ends. */
  input?: string;
  cwd?: string;
  env?: Record<string, string>;
}

/** A running command: what it has printed, on both streams, and how it ends. */
export interface RunningVerb {
  child: ChildProcess;
  output: OutputWatcher;
  ended: Promise<{ exitCode: number | null; text: string }>;
  /** Resolves when the output matches; rejects when the command ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts scripts/VERB.ts as `npm run VERB` does. */
export function startVerb(verb: string, args: string[], { input, cwd, env }: VerbOptions = {}): RunningVerb {
  const script = fileURLToPath(new URL(`../../scripts/${verb}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", TSX, script, ...args], { cwd, env: cleanEnvironment(env) });
  const output = new OutputWatcher();
  child.stdout.on("data", (bytes: Buffer) => output.take(bytes));
  child.stderr.on("data", (bytes: Buffer) => output.take(bytes));
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<{ exitCode: number | null; text: string }>((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, text: output.text }));
  });
  const ending = ended.then(({ text }) => Promise.reject(new Error(`${verb} has ended:\n${text}`)));
  ending.catch(() => {});
  return { child, output, ended, waitFor: (pattern) => Promise.race([output.waitFor(pattern), ending]) };
}

/** Runs a command to its end. */
export function runVerb(verb: string, args: string[], options?: VerbOptions): RunningVerb["ended"] {
  return startVerb(verb, args, { input: "", ...options }).ended;
}

/** Without the variable by which node's test runner would take the command for one of its test files. */
function cleanEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return { ...env, ...more };
}
