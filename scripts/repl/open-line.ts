import { findPort } from "../espruino-cli/find-port.ts";
import type { Port } from "../espruino-cli/port.ts";
import type { BoardLine } from "./board-line.ts";
import { openCliLine, type BluetoothPort } from "./cli-line.ts";
import { openTcpLine } from "./tcp-line.ts";

const BLUETOOTH_PREFIX = "ble:";

/** Every kind of port that a terminal can be at. */
export type TerminalPort = Port | BluetoothPort;

/**
 * Finds or reads a port as the other commands do (scripts/espruino-cli/find-port.ts), and reads ble:NAME or ble:ADDRESS as well.
 * @throws Error that says what a port looks like, or names the ports to choose from
 */
export async function findTerminalPort(name?: string): Promise<TerminalPort> {
  if (!name?.startsWith(BLUETOOTH_PREFIX)) return await findPort(name);
  const device = name.slice(BLUETOOTH_PREFIX.length);
  if (device === "") throw new Error(`Cannot use port "${name}": a board over Bluetooth is written ble:NAME or ble:ADDRESS.`);
  return { kind: "bluetooth", name, device };
}

/**
 * Opens the console of a board.
 * @throws CliFailure
 */
export function openLine(port: TerminalPort): Promise<BoardLine> {
  return port.kind === "tcp" ? openTcpLine(port) : openCliLine(port);
}
