import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ONLY_THE_OWNER = 0o600;

/**
 * Runs `use` with a temporary folder that holds `files` (name -> content), readable by nobody else because they may be
 * secrets, and removes it afterwards in any case.
 */
export async function withWorkspace<T>(files: Record<string, string | Uint8Array>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content, { mode: ONLY_THE_OWNER });
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
