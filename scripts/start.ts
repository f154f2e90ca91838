import { Command, Option } from "commander";
import { ENGINE_NAMES, type EngineName } from "./board/board.ts";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { BREAKAGES, findBreakage } from "./start/breakages.ts";
import { programDeadlineMs } from "./start/deadline.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { readCount } from "./terminal/option-values.ts";
import { verdictOn } from "./terminal/verdict.ts";

/** Beside the program's own time. No step should come near it; it is there so that nothing waits for ever. */
const STEPS_DEADLINE_MS = 360_000;

interface StartOptions {
  app: string;
  engine: EngineName;
  insecure?: boolean;
  readings: number;
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
    .option("--app <name>", "which program of src/", "telemetry")
    .addOption(new Option("--engine <name>", "interpreter of the virtual board; espruino: the one that ESPRUINO_BIN names")
      .choices(ENGINE_NAMES).default("node"))
    .option("--insecure", "do not verify servers, for a board whose TLS state cannot be reached")
    .option("--readings <count>", "telemetry: how many readings to deliver; 0: until Ctrl-C", readCount, 10)
    .option("--break <what>", "break something on purpose and see how the program fails, see below")
    .addHelpText("after", breakageHelp())
    .allowExcessArguments(false)
    .parse()
    .opts<StartOptions>();
}

async function start(): Promise<number> {
  const { app, engine, insecure, readings, break: broken } = readOptions();
  const breakage = findBreakage(broken, app, insecure ?? false);
  if (engine === "espruino") interpreterPath();
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { travel } = await import("./start/journey.ts");
  const programMs = programDeadlineMs(app, readings, breakage);
  const deadline = programMs === undefined ? undefined : AbortSignal.timeout(STEPS_DEADLINE_MS + programMs);
  const signal = AbortSignal.any([interruptSignal(), ...(deadline ? [deadline] : [])]);
  const end = await travel({ app, engine, isInsecure: insecure ?? false, readings, breakage, signal });
  if (deadline?.aborted) throw new Error(`Not finished after ${(STEPS_DEADLINE_MS + programMs!) / 1_000} s, given up.`);
  const { text, exitCode } = verdictOn(app, end);
  console.log(text);
  return exitCode;
}

await runCommand(start);
