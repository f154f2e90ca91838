import { Command } from "commander";
import { readFile } from "node:fs/promises";
import { parsePort } from "./espruino-cli/port.ts";
import type { UploadEnd } from "./espruino-cli/upload.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { readSeconds } from "./terminal/option-values.ts";
import { showUpload } from "./terminal/show-upload.ts";
import { inKilobytes, Steps } from "./terminal/steps.ts";
import { verdictOn } from "./terminal/verdict.ts";

interface UploadOptions {
  port: string;
  app: string;
  save?: boolean;
  plain?: boolean;
  seconds?: number;
}

function readOptions(): UploadOptions {
  return new Command("npm run upload --")
    .description("Build a program, send it to a board with the espruino CLI, and show what it prints until it says how it ended, or until Ctrl-C. " +
      "Ends with 0 if the program succeeded, or if it was sent and you left with Ctrl-C.")
    .requiredOption("--port <port>", "serial port (/dev/ttyUSB0, COM3) or console over TCP (tcp://127.0.0.1:2323)")
    .option("--app <name>", "which program of src/", "howsmyssl")
    .option("--save", "write it to the board's flash, so that it runs at each boot; without it, it is gone after a reset")
    .option("--plain", "send the readable bundle, not the minified one")
    .option("--seconds <number>", "give up (exit code 1) when the program has not ended after so long", readSeconds)
    .allowExcessArguments(false)
    .parse()
    .opts<UploadOptions>();
}

async function build(app: string, isPlain = false): Promise<string> {
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { buildApp, describeBuildError } = await import("./build.ts");
  const bundle = await buildApp(app).catch((error: unknown) => {
    throw new Error(describeBuildError(error));
  });
  return await readFile(isPlain ? bundle.plain : bundle.minified, "latin1");
}

function isLeftOnPurpose(end: UploadEnd): boolean {
  return !end.outcome && !end.uncaught && end.failure?.kind === "interrupted";
}

async function uploadApp(): Promise<number> {
  const { port: portName, app, save, plain, seconds } = readOptions();
  const port = parsePort(portName);
  const signal = interruptSignal();
  const steps = new Steps(3);
  const code = await steps.run(`Building ${app}`, () => build(app, plain), (built) => inKilobytes(built.length));
  const end = await showUpload(steps, app, {
    port, code, into: save ? "flash" : "ram", signal, outcomeDeadlineMs: seconds && seconds * 1_000,
  });
  if (isLeftOnPurpose(end)) {
    console.log(`\n${app} goes on running on the board.`);
    return 0;
  }
  const { text, exitCode } = verdictOn(app, end);
  console.log(text);
  return exitCode;
}

await runCommand(uploadApp);
