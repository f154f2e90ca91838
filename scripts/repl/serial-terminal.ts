import { spawn } from "node:child_process";
import { terminalArguments } from "../espruino-cli/arguments.ts";
import { cliFailure, failureIn, type FailureKind } from "../espruino-cli/failure.ts";
import { onLines } from "../espruino-cli/lines.ts";
import type { Port } from "../espruino-cli/port.ts";
import { withWorkspace } from "../espruino-cli/workspace.ts";

/**
 * Makes the espruino CLI the terminal of a serial port until it is left (Ctrl-C twice).
 * @returns its exit code
 * @throws CliFailure when the port cannot be opened, or what is there is no Espruino: the CLI itself would end with 0
 */
export function openSerialTerminal(port: Port): Promise<number> {
  // Its own empty folder keeps the CLI from taking files of ours for modules.
  return withWorkspace({}, (folder) => runTerminal(port, folder));
}

function runTerminal(port: Port, folder: string): Promise<number> {
  const child = spawn(process.execPath, terminalArguments(port), { cwd: folder, stdio: ["inherit", "inherit", "pipe"] });
  let kind: FailureKind | undefined;
  onLines(child.stderr, (line) => {
    kind ??= failureIn(line);
    if (kind) child.kill();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (kind) reject(cliFailure(kind, port));
      else resolve(code ?? 1);
    });
  });
}
