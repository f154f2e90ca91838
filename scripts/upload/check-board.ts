import type { BoardFacts } from "../espruino-cli/inspect.ts";
import { BOOT_BYTES } from "../espruino-cli/boot-code.ts";
import { inKilobytes } from "../terminal/steps.ts";

/**
 * Variables of the interpreter for each byte of a bundle, by where its functions lie, measured on builds with ESP32-like variables of
 * 14 bytes (2v29): howsmyssl and oauth-token take 0.106 in RAM and 0.053 in flash, readable bundles 0.088. Builds for Linux, with
 * variables of 27 bytes: 0.08 and 0.05.
 */
const VARIABLES_PER_BYTE = { ram: 0.11, flash: 0.055 };
/** What those programs took on top while they ran: settings, certificates, the request and its answer (at most 1,420 in one-minute runs). */
const RUNNING_VARIABLES = 1_500;
/** The interpreter for Linux takes more memory when it needs some. */
const GROWING_BOARD = "LINUX";
/** The firmware that this project was tested with. */
const TESTED_VERSION = [2, 29] as const;
/** Boards whose memory the TLS modules know (modules/tls/memory.ts), and the interpreter for Linux, whose settings name it. */
const KNOWN_BOARDS = ["ESP32", "ESP32_CYD", "ESP32S3", "ESP32C3", GROWING_BOARD];

/** What is to be sent. */
export interface Program {
  code: string;
  into: "ram" | "flash";
}

/** Bytes of Storage that a program takes when it is saved. */
export function storageBytes({ code, into }: Program): number {
  return into === "flash" ? code.length + BOOT_BYTES : 0;
}

/** A board in a few words. */
export function describeBoard({ board, version, memory, storage }: BoardFacts): string {
  return `${board}, Espruino ${version}, ${memory.free} of ${memory.total} variables and ${inKilobytes(storage.free + storage.trash)} of Storage free`;
}

/**
 * Checks that a board can run a program.
 * @throws Error with the numbers and what to do, when it cannot
 */
export function checkBoard(facts: BoardFacts, program: Program): void {
  const problem = noTls(facts, program) ?? tooBigForMemory(facts, program) ?? tooBigForStorage(facts, program);
  if (problem) throw new Error(problem);
}

function noTls({ hasTls, board, version }: BoardFacts, { code }: Program): string | undefined {
  if (hasTls || !code.includes(`"tls"`)) return undefined;
  return `The program needs TLS, and the firmware on the board (${board}, Espruino ${version}) has no module "tls". ` +
    "Flash a build that has it: for an ESP32 the plain one, not ESP32_IDF4.";
}

function tooBigForMemory({ memory, board }: BoardFacts, program: Program): string | undefined {
  const needed = variablesFor(program);
  if (board === GROWING_BOARD || needed <= memory.free) return undefined;
  const saved = variablesFor({ ...program, into: "flash" });
  const advice = program.into === "ram" && saved <= memory.free ? `With --save it takes about ${saved}: its functions stay in flash.` : "Make it smaller.";
  return `The program does not fit into the board's memory: its ${inKilobytes(program.code.length)} take about ${needed} variables, and ${memory.free} are free. ` +
    `${advice} More variables: turn Bluetooth off (ESP32.enableBLE(false), then E.reboot()).`;
}

function tooBigForStorage({ storage }: BoardFacts, program: Program): string | undefined {
  const needed = storageBytes(program);
  const free = storage.free + storage.trash;
  if (needed <= free) return undefined;
  return `The program does not fit into the board's flash: it takes ${needed} bytes of Storage, boot code included, and ${free} are free (the saved program ` +
    `before it stays until the new one is there). Erase files that you do not need: require("Storage").list() names them, require("Storage").erase("NAME") erases one.`;
}

function variablesFor({ code, into }: Program): number {
  return Math.ceil(code.length * VARIABLES_PER_BYTE[into]);
}

/** What a person should know before the upload; nothing of it keeps the program from being sent. */
export function warningsAbout(facts: BoardFacts, program: Program): string[] {
  return [oldFirmware(facts), unknownBoard(facts), littleMemory(facts, program), stoppedProgram(facts)].filter((warning) => warning !== undefined);
}

function oldFirmware({ version }: BoardFacts): string | undefined {
  const [, major, minor] = /^(\d+)v(\d+)/.exec(version) ?? [];
  const tested = TESTED_VERSION.join("v");
  if (major === undefined) return `The firmware calls its version "${version}"; this project was tested with ${tested}.`;
  const isOlder = Number(major) < TESTED_VERSION[0] || (Number(major) === TESTED_VERSION[0] && Number(minor) < TESTED_VERSION[1]);
  return isOlder ? `The firmware (${version}) is older than the one this project was tested with (${tested}). If something fails, update it first.` : undefined;
}

function unknownBoard({ board }: BoardFacts): string | undefined {
  if (KNOWN_BOARDS.includes(board)) return undefined;
  return `Board ${board} is none that this project knows. Verified TLS needs to know where its memory is ("ram" in the settings).`;
}

function littleMemory({ memory, board }: BoardFacts, program: Program): string | undefined {
  const left = memory.free - variablesFor(program);
  if (board === GROWING_BOARD || left >= RUNNING_VARIABLES) return undefined;
  return `Memory is short: the program leaves about ${left} variables, and one with a TLS request takes up to ${RUNNING_VARIABLES} while it runs.` +
    (program.into === "ram" ? " Saved with --save it leaves more." : "");
}

function stoppedProgram({ lastBoots }: BoardFacts): string | undefined {
  if (lastBoots !== "bbb") return undefined;
  return "The saved program is not started any more: its last 3 boots ended within 60 s. This upload clears the count.";
}
