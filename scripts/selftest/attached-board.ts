import { setTimeout as delay } from "node:timers/promises";
import { CliFailure, type FailureKind } from "../espruino-cli/failure.ts";
import type { Port } from "../espruino-cli/port.ts";
import { upload } from "../espruino-cli/upload.ts";
import type { TestBoard } from "./test-board.ts";
import { ANCHOR_FILE, PLAN_FILE } from "./test-servers.ts";

/** Lets the upload's own connection end first. */
const BEFORE_REBOOT_MS = 500;
/** An ESP32 boots in about one second; a console that is asked in the middle of it may stay silent for long. */
const REBOOT_MS = 3_000;
/** A board with its own USB vanishes from this computer and comes back under the same name. */
const BACK_DEADLINE_MS = 60_000;
const CLEAN_UP_DEADLINE_MS = 60_000;
const NOT_BACK_YET = new Set<FailureKind>(["no-such-port", "refused", "unreachable", "disconnected", "not-espruino", "timeout", "cli-ended"]);

const SAY_DONE = 'print("=== done");';
const REBOOT = `${SAY_DONE} setTimeout(function(){E.reboot();},${BEFORE_REBOOT_MS});`;
/** Afterwards the board starts the program that it has in flash, if there is one. */
const CLEAN_UP = `${JSON.stringify([PLAN_FILE, ANCHOR_FILE])}.forEach(function(f){require("Storage").erase(f);}); ` +
  `${SAY_DONE} setTimeout(load,${BEFORE_REBOOT_MS});`;

/** Somebody's board, with its own settings in its Storage. */
export function createAttachedBoard(port: Port): TestBoard {
  return {
    name: `the board at ${port.name}`,
    port,
    boot: (signal) => reboot(port, signal),
    settingsFiles: () => ({}),
    cleanUp: () => run(port, CLEAN_UP, AbortSignal.timeout(CLEAN_UP_DEADLINE_MS)),
  };
}

/** @throws CliFailure, also when the board confirmed the code and the connection broke after that */
async function run(port: Port, code: string, signal: AbortSignal): Promise<void> {
  const end = await upload({ port, code, into: "ram", signal });
  if (!end.outcome) throw end.failure ?? new Error(`The board at ${port.name} did not do what it was told: ${end.uncaught}`);
}

async function reboot(port: Port, signal: AbortSignal): Promise<void> {
  await run(port, REBOOT, signal);
  const late = AbortSignal.timeout(BACK_DEADLINE_MS);
  try {
    await untilBack(port, AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted) throw error;
    throw new Error(`The board at ${port.name} has not come back ${BACK_DEADLINE_MS / 1_000} s after E.reboot(). Switch it off and on, and try again.`);
  }
}

async function untilBack(port: Port, signal: AbortSignal): Promise<void> {
  for (;;) {
    // An abort is told by what follows, in words.
    await delay(REBOOT_MS, undefined, { signal }).catch(() => {});
    try {
      return await run(port, SAY_DONE, signal);
    } catch (error) {
      if (!(error instanceof CliFailure) || !NOT_BACK_YET.has(error.kind)) throw error;
    }
  }
}
