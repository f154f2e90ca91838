import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";

const BANNER_END = "http://espruino.com/Donate";

/** Runs a bundle as a script in a fresh context that has the firmware's `print` and `atob`, and gives the printed lines. */
export async function runInNode(file: string): Promise<string[]> {
  const lines: string[] = [];
  const print = (...values: unknown[]): void => void lines.push(values.map(String).join(" "));
  runInNewContext(await readFile(file, "utf8"), { print, atob: (text: string) => Buffer.from(text, "base64").toString("latin1") });
  return lines;
}

/**
 * Runs a bundle in a real interpreter and gives the printed lines.
 * @throws Error when the interpreter reports an uncaught exception (it exits with 1)
 */
export async function runInEspruino(interpreter: string, file: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-run-"));
  try {
    const { stdout } = await promisify(execFile)(interpreter, [file], { cwd: folder, timeout: 20_000 });
    return stdout.slice(stdout.indexOf(BANNER_END) + BANNER_END.length).replace(/\n>$/, "").trim().split(/\r?\n/);
  } finally {
    await rm(folder, { recursive: true });
  }
}
