import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Programs, what they import, the self-test, and the build's own test programs. */
const SOURCE_FOLDERS = ["src", "modules", "scripts", "test"];
const PEM_IMPORT = /^\s*import\s[^;]*?["']([^"'\n]+\.pem)["']/gm;

/**
 * Finds who imports a PEM file.
 * @param project the project's folder
 * @returns by absolute path of the PEM file: the files that import it, relative to the project
 */
export function pemImports(project: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of SOURCE_FOLDERS.flatMap((folder) => sourcesIn(join(project, folder)))) {
    for (const [, imported] of readFileSync(file, "utf8").matchAll(PEM_IMPORT)) {
      const pem = resolve(dirname(file), imported!);
      found.set(pem, [...(found.get(pem) ?? []), relative(project, file).replaceAll("\\", "/")]);
    }
  }
  return found;
}

function sourcesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => /\.(ts|js|mjs)$/.test(file)).sort().map((file) => join(folder, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
