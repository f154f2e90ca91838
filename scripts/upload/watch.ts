import { fileURLToPath } from "node:url";
import type { Port } from "../espruino-cli/port.ts";
import { aborted } from "../terminal/interrupt.ts";
import { SourceChanges } from "./source-changes.ts";
import { uploadApp, type UploadOptions } from "./upload-app.ts";

const FOLDERS = ["src", "modules", "certs"].map((folder) => fileURLToPath(new URL(`../../${folder}`, import.meta.url)));

/**
 * Uploads a program, and again whenever a source changes, until `signal`. A change ends what the last upload still shows. What fails
 * is said, and the next change waited for.
 * @param folders that are watched
 * @returns exit code 0
 */
export async function uploadOnChange(port: Port, options: UploadOptions, signal: AbortSignal, folders = FOLDERS): Promise<number> {
  const changes = new SourceChanges(folders);
  try {
    while (!signal.aborted) await uploadUntilChange(port, options, signal, changes);
  } finally {
    changes.close();
  }
  return 0;
}

async function uploadUntilChange(port: Port, options: UploadOptions, signal: AbortSignal, changes: SourceChanges): Promise<void> {
  const changed = new AbortController();
  const change = changes.next().then(() => changed.abort());
  await uploadApp(port, options, AbortSignal.any([signal, changed.signal])).catch((error: unknown) => {
    if (!changed.signal.aborted && !signal.aborted) console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!changed.signal.aborted && !signal.aborted) console.log("\nWaiting for a change in src/, modules/ or certs/. Ctrl-C ends.");
  await Promise.race([change, aborted(signal)]);
  if (!signal.aborted) console.log("\nA source has changed.");
}
