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
const NOT_BACK_YET = new Set<FailureKind>([
  "no-such-port", "refused", "unreachable", "disconnected", "not-espruino", "damaged", "timeout", "cli-ended",
]);

const SAY_DONE = 'print("=== done");';
const REBOOT = `${SAY_DONE} setTimeout(function(){E.reboot();},${BEFORE_REBOOT_MS});`;
/** Afterwards the board starts the program that it has in flash, if there is one. */
const CLEAN_UP = `${JSON.stringify([PLAN_FILE, ANCHOR_FILE])}.forEach(function(f){require("Storage").erase(f);}); ` +
  `${SAY_DONE} setTimeout(load,${BEFORE_REBOOT_MS});`;

/** Somebody's board, with its own settings in its Storage. */
export function createAttachedBoard(port: Port): TestBoard {
  return new AttachedBoard(port);
}

class AttachedBoard implements TestBoard {
  readonly name: string;
  readonly port: Port;
  #wasChanged = false;

  constructor(port: Port) {
    this.name = `the board at ${port.name}`;
    this.port = port;
  }

  async boot(signal: AbortSignal): Promise<void> {
    await this.#run(REBOOT, signal);
    const late = AbortSignal.timeout(BACK_DEADLINE_MS);
    try {
      await this.#untilBack(AbortSignal.any([signal, late]));
    } catch (error) {
      if (signal.aborted || !late.aborted) throw error;
      const waitedS = BACK_DEADLINE_MS / 1_000;
      throw new Error(`${this.name} has not come back ${waitedS} s after E.reboot(). Switch it off and on, and try again.`);
    }
  }

  settingsFiles(): Record<string, Uint8Array> {
    this.#wasChanged = true;
    return {};
  }

  async cleanUp(): Promise<void> {
    if (!this.#wasChanged) return;
    try {
      await this.#run(CLEAN_UP, AbortSignal.timeout(CLEAN_UP_DEADLINE_MS));
      // Whoever connects next must not meet it in the middle of its start.
      await delay(REBOOT_MS);
    } catch (error) {
      throw new Error(`Could not remove ${PLAN_FILE} and ${ANCHOR_FILE} from the Storage of ${this.name}: ${(error as Error).message}`);
    }
  }

  async #run(code: string, signal: AbortSignal): Promise<void> {
    const end = await upload({ port: this.port, code, into: "ram", signal });
    if (!end.outcome) throw end.failure ?? new Error(`${this.name} did not do what it was told: ${end.uncaught}`);
  }

  async #untilBack(signal: AbortSignal): Promise<void> {
    for (;;) {
      // An abort is told by what follows, in words.
      await delay(REBOOT_MS, undefined, { signal }).catch(() => {});
      try {
        return await this.#run(SAY_DONE, signal);
      } catch (error) {
        if (!(error instanceof CliFailure) || !NOT_BACK_YET.has(error.kind)) throw error;
      }
    }
  }
}
