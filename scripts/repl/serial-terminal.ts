import { spawn } from "node:child_process";
import { terminalArguments } from "../espruino-cli/arguments.ts";
import type { Port } from "../espruino-cli/port.ts";
import { withWorkspace } from "../espruino-cli/workspace.ts";

/** Makes the espruino CLI the terminal of a serial port until it is left (Ctrl-C twice). Gives its exit code. */
export function openSerialTerminal(port: Port): Promise<number> {
  // Its own empty folder keeps the CLI from taking files of ours for modules.
  return withWorkspace({}, (folder) => new Promise((resolve, reject) => {
    const child = spawn(process.execPath, terminalArguments(port), { cwd: folder, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  }));
}
