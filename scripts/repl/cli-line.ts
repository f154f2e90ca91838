import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cliFailure, failureIn, type CliFailure } from "../espruino-cli/failure.ts";
import { onLines } from "../espruino-cli/lines.ts";
import type { Port } from "../espruino-cli/port.ts";
import type { BoardLine } from "./board-line.ts";

const PROCESS = fileURLToPath(new URL("cli-line-process.mjs", import.meta.url));
const SHOWN_ERROR_LINES = 3;

/** A board in reach of this computer's Bluetooth radio. */
export interface BluetoothPort {
  kind: "bluetooth";
  /** As it was asked for. */
  name: string;
  /** Name or address of the board. */
  device: string;
}

/**
 * Opens a port with the espruino CLI's own serial layer.
 * @throws CliFailure when that does not work
 */
export async function openCliLine(port: (Port & { kind: "serial" }) | BluetoothPort): Promise<BoardLine> {
  const target = port.kind === "serial" ? port.path : port.device;
  const child = fork(PROCESS, [port.kind, target], { serialization: "advanced", execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let isOpen = false;
  const ended = endOf(child, port, () => isOpen);
  const early: Uint8Array[] = [];
  let take = (bytes: Uint8Array): void => void early.push(bytes);
  const opened = new Promise<void>((resolve) => {
    child.on("message", (message: "open" | Uint8Array) => {
      if (message !== "open") return take(message);
      isOpen = true;
      resolve();
    });
  });
  const failure = await Promise.race([opened, ended]);
  if (failure) throw failure;
  return {
    write: (bytes) => void (child.connected && child.send(bytes)),
    onBytes(listener) {
      take = listener;
      early.splice(0).forEach(listener);
    },
    ended,
    close: () => void child.kill(),
  };
}

function endOf(child: ChildProcess, port: Port | BluetoothPort, isOpen: () => boolean): Promise<CliFailure> {
  const errors: string[] = [];
  if (child.stderr) onLines(child.stderr, (line) => void errors.push(line));
  // What is sent to a process that is just ending is lost; its end is told below.
  child.on("error", () => {});
  return new Promise((resolve) => {
    child.once("close", () => {
      const kind = errors.map(failureIn).find((each) => each !== undefined);
      const shown = errors.filter((line) => /error/i.test(line)).slice(0, SHOWN_ERROR_LINES).join("\n");
      resolve(cliFailure(kind ?? (isOpen() ? "disconnected" : "unreachable"), port as Port, kind ? "" : shown));
    });
  });
}
