import { createRequire } from "node:module";
import { portArgument, type Port } from "./port.ts";

/** The unmodified CLI of the npm package `espruino`. */
export const CLI_PATH = createRequire(import.meta.url).resolve("espruino/bin/espruino-cli.js");

/**
 * Settings that keep the CLI on this computer and light on the board (read in version 0.1.67).
 * - BOARD_JSON_URL: a folder instead of a URL is read as files. Its own folder has none, which the CLI survives.
 * - MODULE_URL: an empty list leaves no place to download modules from.
 * - MODULES_DIR_NAME: a module the board does not list is looked for in `modules/` of this folder and of all above it;
 *   ours holds sources, and none of them may slip into an upload.
 * - STORE_LINE_NUMBERS: costs the board a variable for each function.
 */
const CONFIG = {
  BOARD_JSON_URL: ".",
  MODULE_URL: "",
  MODULES_DIR_NAME: ".no-modules-here",
  STORE_LINE_NUMBERS: "false",
};

/** A loss-free line takes Storage writes without the pause of 250 ms after each that a serial port needs. */
const WITHOUT_STORAGE_PAUSES = { STORAGE_UPLOAD_METHOD: "1" };

const BAUD_RATE = "115200";
/** As long as the CLI's timer can count (2^31 ms); it is ended by us. */
const STAY_ATTACHED_S = "2000000";

export interface CliJob {
  port: Port;
  /** Folder the CLI runs in; the files below are named relative to it, because `--storage` cannot take a path with ":". */
  folder: string;
  /** JavaScript file to send after a reset(). */
  file: string;
  /** Storage file name on the board -> file on this computer. Written between the reset and `file`. */
  storage: Record<string, string>;
}

function configArguments(port?: Port): string[] {
  const config = { ...CONFIG, ...(port?.kind === "tcp" ? WITHOUT_STORAGE_PAUSES : {}) };
  return Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
}

function lineArguments(port: Port): string[] {
  return ["-p", portArgument(port), "-b", BAUD_RATE, "--no-ble", ...configArguments(port)];
}

/** Arguments that send a file, and keep the CLI attached to show what the board prints. */
export function uploadArguments(job: CliJob): string[] {
  const storage = Object.entries(job.storage).flatMap(([name, file]) => ["--storage", `${name}:${file}`]);
  return [CLI_PATH, ...lineArguments(job.port), "--sleep", STAY_ATTACHED_S, ...storage, job.file];
}

/** Arguments that make the CLI a terminal. */
export function terminalArguments(port: Port): string[] {
  return [CLI_PATH, ...lineArguments(port), "-q"];
}

/** Arguments that list the serial ports, at once: without a scan time the CLI looks for three seconds, for Bluetooth devices. */
export function listArguments(): string[] {
  return [CLI_PATH, "--list", "--no-ble", "--scan-timeout", "0", ...configArguments()];
}
