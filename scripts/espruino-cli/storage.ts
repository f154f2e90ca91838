import { nameForArrival, takeArrivals } from "./arrivals.ts";
import { CliFailure, cliFailure } from "./failure.ts";
import { createMarker } from "./marker.ts";
import type { Port } from "./port.ts";
import { runCli } from "./run.ts";
import { sendAgainIfDamaged } from "./send-again.ts";
import { withWorkspace } from "./workspace.ts";

/** Connecting and resetting take about 2 s; the CLI waits up to 30 s for a board that talks all the time. */
const CONNECT_DEADLINE_MS = 45_000;
/** Of a serial line at 115200 baud with the CLI's pauses of 250 ms after each 384 bytes, each of which is sent as Base64. */
const SLOWEST_BYTES_PER_S = 1_000;
/** The board confirms within this after the last byte was sent, unless characters got lost. */
const CONFIRM_DEADLINE_MS = 15_000;
/** jswrap_storage.c: what is longer is cut off without a word. */
export const STORAGE_NAME_LENGTH = 28;

export interface StorageJob {
  port: Port;
  /** Storage file name (at most STORAGE_NAME_LENGTH characters) -> content, at least one byte. */
  files: Record<string, Uint8Array>;
  signal?: AbortSignal | undefined;
}

/**
 * Writes files to the board's Storage, after a reset, and reads them back on the board; again if they arrived damaged. Until all
 * have arrived whole the board keeps what it had. Their content stands in no process argument and in no output.
 * @throws CliFailure
 */
export async function writeStorage(job: StorageJob): Promise<void> {
  refuseNames(Object.keys(job.files));
  await sendAgainIfDamaged(() => writeOnce(job));
}

function refuseNames(names: string[]): void {
  const tooLong = names.find((name) => name.length > STORAGE_NAME_LENGTH);
  if (tooLong === undefined) return;
  const rule = `names have at most ${STORAGE_NAME_LENGTH} characters`;
  throw new CliFailure("not-saved", `A file in a board's Storage cannot be called ${tooLong}: ${rule}.`);
}

async function writeOnce({ port, files, signal }: StorageJob): Promise<void> {
  const saved = createMarker("saved");
  const notSaved = createMarker("not saved");
  const arrivals = nameForArrival(files);
  const take = `if (${takeArrivals(files, arrivals)}) ${saved.statement} else ${notSaved.statement}\n`;
  const { storage, localFiles } = nameLocally(arrivals);
  const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  let isSent = false;
  const end = await withWorkspace({ ...localFiles, "take.js": take }, (folder) =>
    runCli({
      port, folder, file: "take.js", storage, signal,
      deadlineMs: CONNECT_DEADLINE_MS + (bytes / SLOWEST_BYTES_PER_S) * 1_000,
      onLine(line, control) {
        if (line === saved.line) control.finish();
        if (line === notSaved.line) control.fail("not-saved");
      },
      onSent(control) {
        isSent = true;
        control.setDeadline(CONFIRM_DEADLINE_MS);
      },
    }));
  if (end.timedOut) throw cliFailure(isSent ? "damaged" : "timeout", port);
  if (end.failure) throw end.failure;
}

/** Names for the temporary files, since a name in Storage need not be a name on this computer. */
export function nameLocally(files: Record<string, Uint8Array>): {
  storage: Record<string, string>;
  localFiles: Record<string, Uint8Array>;
} {
  const names = Object.keys(files).map((name, index) => [name, `storage-${index}`] as const);
  return {
    storage: Object.fromEntries(names),
    localFiles: Object.fromEntries(names.map(([name, localName]) => [localName, files[name] ?? new Uint8Array()])),
  };
}
