import { Command, Option } from "commander";
import { ENGINE_NAMES, type EngineName } from "./board/board.ts";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { parsePort } from "./espruino-cli/port.ts";
import { createAttachedBoard } from "./selftest/attached-board.ts";
import type { Examination } from "./selftest/findings.ts";
import { judge } from "./selftest/judge.ts";
import { ownAddress } from "./selftest/own-address.ts";
import { reportJson, reportText } from "./selftest/report.ts";
import type { TestBoard } from "./selftest/test-board.ts";
import { createVirtualBoard } from "./selftest/virtual-board.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { Steps } from "./terminal/steps.ts";

interface SelftestOptions {
  engine: EngineName;
  port?: string;
  host?: string;
  json?: boolean;
}

const MORE_HELP = `
A board at --port needs its settings.json, with the WiFi's name and password, in its Storage already: secrets are not taken
as arguments, which every user of this computer can see. It is rebooted twice, and in the end started anew.

With --json, use npm run --silent: npm itself prints lines before the first one.`;

function readOptions(): SelftestOptions {
  const command = new Command("npm run selftest --")
    .description("Send a board to TLS servers on this computer, right ones and wrong ones, and show which of them stock " +
      "firmware accepts there and which the hardened path does. Ends with 0 only if the hardened path accepted exactly " +
      "the right ones and no byte of a request reached a wrong one.")
    .addOption(new Option("--engine <name>", "without --port: interpreter of the virtual board; espruino: the one that ESPRUINO_BIN names")
      .choices(ENGINE_NAMES).default("node"))
    .addOption(new Option("--port <port>",
      "test the board at this serial port (/dev/ttyUSB0, COM3) or console over TCP (tcp://127.0.0.1:2323)")
      .conflicts("engine"))
    .option("--host <address>", "with --port: IPv4 address of this computer as the board sees it; needed for a serial port")
    .option("--json", "print the result as JSON, and the progress on the error stream")
    .addHelpText("after", MORE_HELP)
    .allowExcessArguments(false)
    .parse();
  const options = command.opts<SelftestOptions>();
  if (options.host !== undefined && options.port === undefined) {
    command.error("error: --host is only for a board at --port: the virtual board knows where this computer is");
  }
  return options;
}

async function selftest(): Promise<number> {
  const { engine, port: portName, host, json } = readOptions();
  const port = portName === undefined ? undefined : parsePort(portName);
  const address = await ownAddress(port, host);
  if (!port && engine === "espruino") interpreterPath();
  const board = port ? createAttachedBoard(port) : createVirtualBoard(engine);
  const comparesBoots = port !== undefined || engine !== "node";
  return await examineAndReport(board, address, comparesBoots, json ?? false);
}

async function examineAndReport(board: TestBoard, address: string, comparesBoots: boolean, isJson: boolean): Promise<number> {
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { examine, stepCount } = await import("./selftest/examine.ts");
  const steps = new Steps(stepCount(comparesBoots) + 1, isJson ? process.stderr : process.stdout);
  let isTidy = false;
  let examination: Examination;
  try {
    examination = await examine({ board, address, comparesBoots, steps, signal: interruptSignal() });
  } finally {
    isTidy = await tidy(board, steps);
  }
  const judgement = judge(examination);
  console.log(isJson ? JSON.stringify(reportJson(examination, judgement), undefined, 2) : `\n${reportText(examination, judgement)}`);
  return judgement.passed && isTidy ? 0 : 1;
}

/** Tells whether it succeeded. Its error must not hide that of the examination, so it is shown here. */
async function tidy(board: TestBoard, steps: Steps): Promise<boolean> {
  try {
    await steps.run(`Leaving ${board.name} as it was`, () => board.cleanUp(), () => "done");
    return true;
  } catch (error) {
    console.error(`Error: ${(error as Error).message}`);
    return false;
  }
}

await runCommand(selftest);
