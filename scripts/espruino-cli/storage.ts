import { cliFailure } from "./failure.ts";
import { createMarker, storageHolds } from "./marker.ts";
import type { Port } from "./port.ts";
import { runCli } from "./run.ts";
import { sendAgainIfDamaged } from "./send-again.ts";
import { withWorkspace } from "./workspace.ts";

/** A serial line at 115200 baud takes about 1.2 KB a second with the CLI's pauses; settings are a few KB. */
const DEADLINE_MS = 60_000;

export interface StorageJob {
  port: Port;
  /** Storage file name (at most 28 characters) -> content. */
  files: Record<string, Uint8Array>;
  signal?: AbortSignal | undefined;
}

/**
 * Writes files to the board's Storage, after a reset, and reads them back on the board; a second time if they arrived
 * damaged. Their content stands in no process argument and in no output.
 * @throws CliFailure
 */
export function writeStorage(job: StorageJob): Promise<void> {
  return sendAgainIfDamaged(() => writeOnce(job));
}

async function writeOnce({ port, files, signal }: StorageJob): Promise<void> {
  const saved = createMarker("saved");
  const notSaved = createMarker("not saved");
  const check = `if (${storageHolds(files)}) ${saved.statement} else ${notSaved.statement}\n`;
  const { storage, localFiles } = nameLocally(files);
  const end = await withWorkspace({ ...localFiles, "check.js": check }, (folder) =>
    runCli({
      port, folder, file: "check.js", storage, deadlineMs: DEADLINE_MS, signal,
      onLine(line, control) {
        if (line === saved.line) control.finish();
        if (line === notSaved.line) control.fail("not-saved");
      },
    }));
  if (end.timedOut) throw cliFailure("timeout", port);
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
