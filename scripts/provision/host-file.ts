import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

/** A key or certificate has a few KB; whatever is longer is another file. */
const MOST_BYTES = 64 * 1024;

/** The settings name a file that is not there. */
export class MissingFile extends Error {}

/**
 * Reads a file that the settings name.
 * @param folder where the settings file is; a relative name starts there
 * @throws MissingFile, or Error, whose message follows the file's name
 */
export async function readHostFile(folder: string, name: string): Promise<Buffer> {
  const content = await readFile(resolve(folder, name)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new MissingFile(`there is no such file (looked for from ${folder})`) : new Error(reasonOf(error));
  });
  if (content.length === 0) throw new Error("it is empty");
  if (content.length > MOST_BYTES) throw new Error(`it has ${content.length} bytes, far too many for a key or a certificate`);
  return content;
}

function reasonOf({ code }: NodeJS.ErrnoException): string {
  return code === "EISDIR" ? "it is a folder" : `it cannot be read (${code})`;
}
