import { Command } from "commander";
import { resolve } from "node:path";
import { CliFailure, type FailureKind } from "./espruino-cli/failure.ts";
import { findPort } from "./espruino-cli/find-port.ts";
import type { Port } from "./espruino-cli/port.ts";
import { writeStorage } from "./espruino-cli/storage.ts";
import { KEY_FILE, type PreparedFiles } from "./provision/device-identity.ts";
import { mistakeLines } from "./provision/mistake.ts";
import { prepareFiles, SETTINGS_FILE } from "./provision/prepare.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { Steps } from "./terminal/steps.ts";

/** In the middle of sending: until all has arrived, the board uses none of it. */
const HALF_SENT: FailureKind[] = ["disconnected", "damaged", "timeout", "cli-ended"];

const SECRET_FILES = [SETTINGS_FILE, KEY_FILE];

interface ProvisionOptions {
  port?: string;
  settings: string;
  dryRun?: boolean;
}

function readOptions(): ProvisionOptions {
  return new Command("npm run provision --")
    .description("Check a settings file and the certificates and keys it names, convert these, and write all into the board's Storage, " +
      "where programs find them. What is written is read back on the board and compared. The board's other files stay. No secret is printed or logged.")
    .option("--port <port>", "serial port (/dev/ttyUSB0, COM3) or console over TCP (tcp://127.0.0.1:2323); found when there is only one")
    .option("--settings <file>", "the settings; certificates and keys are named relative to it", "settings.json")
    .option("--dry-run", "check and convert only, without a board")
    .addHelpText("after", "\nBegin with a copy of settings.example.json.\n" +
      "Exit code 0: all is on the board (or right, with --dry-run); 1: a mistake, or the board did not take it; 130: Ctrl-C.")
    .allowExcessArguments(false)
    .parse()
    .opts<ProvisionOptions>();
}

/** @throws Error with all mistakes, when there are any */
async function prepare(name: string, steps: Steps): Promise<PreparedFiles> {
  const prepared = await steps.run(`Checking ${name}`, () => prepareFiles(resolve(name), new Date()), describeCheck);
  const { mistakes, warnings, notes } = prepared;
  if (mistakes.length > 0) {
    throw new Error([`${name} cannot be used, so nothing was written:`, ...indented(mistakeLines(mistakes))].join("\n"));
  }
  for (const line of indented([...notes, ...mistakeLines(warnings).map((text) => `warning: ${text}`)])) console.log(line);
  return prepared;
}

function describeCheck({ mistakes }: PreparedFiles): string {
  if (mistakes.length === 0) return "right";
  return mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `      ${line}`);
}

/** `settings.json    132 bytes (secret)` for each file. */
function fileLines(files: Record<string, Uint8Array>): string[] {
  const width = Math.max(...Object.keys(files).map((name) => name.length));
  const secrecy = (name: string): string => (SECRET_FILES.includes(name) ? " (secret, not shown)" : "");
  return Object.entries(files).map(([name, { length }]) => `${name.padEnd(width)}  ${length} bytes${secrecy(name)}`);
}

async function write(port: Port, files: PreparedFiles["files"]): Promise<void> {
  try {
    await writeStorage({ port, files, signal: interruptSignal() });
  } catch (error) {
    if (!(error instanceof CliFailure) || !HALF_SENT.includes(error.kind)) throw error;
    throw new Error(`${error.message}\nThe board keeps the settings it had. Run this again.`);
  }
}

async function provision(): Promise<number> {
  const { port: portName, settings, dryRun } = readOptions();
  const port = dryRun ? undefined : await findPort(portName);
  const steps = new Steps(port ? 2 : 1);
  const { files } = await prepare(settings, steps);
  if (!port) {
    console.log(["Nothing was written (--dry-run). These files would be:", ...indented(fileLines(files))].join("\n"));
    return 0;
  }
  await steps.run(`Writing to the board at ${port.name} with the espruino CLI`, () => write(port, files), () => "written, read back, the same");
  for (const line of indented(fileLines(files))) console.log(line);
  console.log("The board was reset for it and its program does not run now: upload one, or switch the board off and on.");
  return 0;
}

await runCommand(provision);
