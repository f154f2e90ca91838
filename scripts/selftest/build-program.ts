import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle, describeBuildError } from "../build.ts";
import { bundleOf } from "../rollup/bundle.ts";

const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));

/**
 * The minified bundle of program.ts. It is no program of src/ and leaves nothing in dist/.
 * @throws Error that names the source file and line
 */
export async function buildProgram(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-selftest-"));
  try {
    const { minified } = await buildBundle(bundleOf("app", "selftest", PROGRAM, folder));
    return await readFile(minified, "latin1");
  } catch (error) {
    throw new Error(describeBuildError(error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
