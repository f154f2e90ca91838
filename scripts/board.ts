import { Command, Option } from "commander";
import { join } from "node:path";
import { DEFAULT_WORLD, ENGINE_NAMES, startBoard, type Board, type EngineName } from "./board/board.ts";
import { DEFAULT_CONSOLE_PORT } from "./board/console-server.ts";
import { runCommand } from "./terminal/command.ts";
import { aborted, interruptSignal } from "./terminal/interrupt.ts";
import { readPortNumber } from "./terminal/option-values.ts";

interface BoardCommandOptions {
  engine: EngineName;
  port: number;
}

function readOptions(): BoardCommandOptions {
  return new Command("npm run board --")
    .description("Run a virtual board until Ctrl-C. Its flash is kept in .board/; what it prints while nobody is connected is kept too (the last 64 KB).")
    .addOption(new Option("--engine <name>", "interpreter of the board; espruino: the one that ESPRUINO_BIN names")
      .choices(ENGINE_NAMES).default("node"))
    .option("--port <number>", "TCP port of its console on this computer; 0: any free one", readPortNumber, DEFAULT_CONSOLE_PORT)
    .allowExcessArguments(false)
    .parse()
    .opts<BoardCommandOptions>();
}

function printHowToConnect(board: Board, wantedPort: number): void {
  if (wantedPort !== 0 && board.consolePort !== wantedPort) console.log(`Port ${wantedPort} is taken by another program, so a free one is used.`);
  const { ssid, password } = DEFAULT_WORLD.accessPoint;
  console.log(`The virtual board (${board.engine} engine) is on, console at ${board.port}
  type at it:         npm run repl -- --port ${board.port}
  upload a program:   npm run upload -- --port ${board.port} --app howsmyssl
  WiFi in its reach:  "${ssid}" with password "${password}"
Ctrl-C cuts its power.`);
}

async function runBoard(): Promise<number> {
  const { engine, port } = readOptions();
  const signal = interruptSignal();
  const board = await startBoard({ engine, flashFolder: join(process.cwd(), ".board", engine), world: DEFAULT_WORLD, consolePort: port });
  printHowToConnect(board, port);
  const exit = await Promise.race([board.exited, aborted(signal)]);
  await board.stop();
  if (exit) throw new Error(`The board has ended: ${exit.reason}.`);
  console.log("The board is off.");
  return 0;
}

await runCommand(runBoard);
