import { Command } from "commander";
import { findPort } from "./espruino-cli/find-port.ts";
import { runCommand } from "./terminal/command.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { readSeconds } from "./terminal/option-values.ts";
import { uploadApp, type UploadOptions } from "./upload/upload-app.ts";
import { uploadOnChange } from "./upload/watch.ts";

interface CommandOptions extends UploadOptions {
  port?: string;
  watch?: boolean;
}

const EXIT_CODES = `
Exit codes:
  0    the program succeeded (=== done), or you left it running with Ctrl-C, or you ended --watch
  1    it failed (=== failed), it did not reach the board, the board cannot run it, it did not build, or an option is wrong
  130  you interrupted it before the board had the program`;

function readOptions(): CommandOptions {
  return new Command("npm run upload --")
    .description("Build a program, send it to a board with the espruino CLI, and show what it prints until it says how it ended, or until Ctrl-C.")
    .option("--port <port>", "serial port (/dev/ttyUSB0, COM3) or console over TCP (tcp://127.0.0.1:2323); default: the only board there is")
    .option("--app <name>", "which program of src/", "howsmyssl")
    .option("--save", "write it to the board's flash, so that it runs at each boot; without it, it is gone after a reset")
    .option("--watch", "stay, and build and upload again whenever a file in src/, modules/ or certs/ changes, until Ctrl-C")
    .option("--plain", "send the readable bundle, not the minified one")
    .option("--seconds <number>", "give up (exit code 1) when the program has not ended after so long", readSeconds)
    .addHelpText("after", EXIT_CODES)
    .allowExcessArguments(false)
    .parse()
    .opts<CommandOptions>();
}

async function main(): Promise<number> {
  const { port: portName, watch, ...options } = readOptions();
  const port = await findPort(portName);
  if (portName === undefined) console.log(`The only board there is: ${port.name}`);
  const signal = interruptSignal();
  return await (watch ? uploadOnChange(port, options, signal) : uploadApp(port, options, signal));
}

await runCommand(main);
