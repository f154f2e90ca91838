import { Command, Option } from "commander";
import { ENGINE_NAMES, type EngineName } from "./board/board.ts";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { BREAKAGES, findBreakage } from "./start/breakages.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { verdictOn } from "./terminal/verdict.ts";

/** No step should come near it; it is there so that nothing waits for ever. */
const TOTAL_DEADLINE_MS = 600_000;

interface StartOptions {
  app: string;
  engine: EngineName;
  insecure?: boolean;
  break?: string;
}

function breakageHelp(): string {
  const width = Math.max(...Object.keys(BREAKAGES).map((name) => name.length));
  const lines = Object.entries(BREAKAGES).map(([name, { effect }]) => `  ${name.padEnd(width)}  ${effect}`);
  return `\nThings to break with --break:\n${lines.join("\n")}`;
}

function readOptions(): StartOptions {
  return new Command("npm start --")
    .description("Build a program, boot a virtual board and a local cloud, upload the program, and show what it does. Ends with 0 only if it succeeded.")
    .option("--app <name>", "which program of src/", "howsmyssl")
    .addOption(new Option("--engine <name>", "interpreter of the virtual board; espruino: the one that ESPRUINO_BIN names")
      .choices(ENGINE_NAMES).default("node"))
    .option("--insecure", "do not verify servers, for a board whose TLS state cannot be reached")
    .option("--break <what>", "break something on purpose and see how the program fails, see below")
    .addHelpText("after", breakageHelp())
    .allowExcessArguments(false)
    .parse()
    .opts<StartOptions>();
}

async function start(): Promise<number> {
  const { app, engine, insecure, break: broken } = readOptions();
  const breakage = findBreakage(broken, app, insecure ?? false);
  if (engine === "espruino") interpreterPath();
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { travel } = await import("./start/journey.ts");
  const deadline = AbortSignal.timeout(TOTAL_DEADLINE_MS);
  const end = await travel({ app, engine, isInsecure: insecure ?? false, breakage, signal: AbortSignal.any([interruptSignal(), deadline]) });
  if (deadline.aborted) throw new Error(`Not finished after ${TOTAL_DEADLINE_MS / 1_000} s, given up.`);
  const { text, exitCode } = verdictOn(app, end);
  console.log(text);
  return exitCode;
}

await runCommand(start);
