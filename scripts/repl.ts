import { Command } from "commander";
import { openLine, findTerminalPort, type TerminalPort } from "./repl/open-line.ts";
import { runPlainPipe } from "./repl/plain-pipe.ts";
import { runTerminal } from "./repl/terminal.ts";
import { runCommand } from "./terminal/command.ts";

function readPort(): Promise<TerminalPort> {
  const { port } = new Command("npm run repl --")
    .description("A terminal to the REPL of a board, with history. .help lists what else it can do; Ctrl-C interrupts the board, Ctrl-D leaves. What is piped in is typed at the board.")
    .option("--port <port>", "serial port (/dev/ttyUSB0, COM3), console over TCP (tcp://127.0.0.1:2323) or Bluetooth (ble:NAME); default: the only board there is")
    .allowExcessArguments(false)
    .parse()
    .opts<{ port?: string }>();
  return findTerminalPort(port);
}

async function repl(): Promise<number> {
  const port = await readPort();
  const line = await openLine(port);
  return await (process.stdin.isTTY && process.stdout.isTTY ? runTerminal(port, line) : runPlainPipe(line));
}

await runCommand(repl);
