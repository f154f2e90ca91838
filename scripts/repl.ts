import { Command } from "commander";
import { parsePort, type Port } from "./espruino-cli/port.ts";
import { openSerialTerminal } from "./repl/serial-terminal.ts";
import { openTcpTerminal } from "./repl/tcp-terminal.ts";
import { runCommand } from "./terminal/command.ts";

function readPort(): Port {
  const { port } = new Command("npm run repl --")
    .description("A terminal to the REPL of a board. Ctrl-C interrupts the board; Ctrl-C twice leaves, over TCP Ctrl-D too. What is piped in is typed at the board.")
    .requiredOption("--port <port>", "serial port (/dev/ttyUSB0, COM3) or console over TCP (tcp://127.0.0.1:2323)")
    .allowExcessArguments(false)
    .parse()
    .opts<{ port: string }>();
  return parsePort(port);
}

async function repl(): Promise<number> {
  const port = readPort();
  return await (port.kind === "tcp" ? openTcpTerminal(port) : openSerialTerminal(port));
}

await runCommand(repl);
