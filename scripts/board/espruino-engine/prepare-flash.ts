import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { World } from "../engine.ts";

const WIFI_MODULE = new URL("./wifi-module.js", import.meta.url);
/**
 * Runs at each boot and reset, before any program. The interpreter for Linux starts with one block of 4096 variables and
 * takes more only for small things; TLS wants two pieces of 16 KB, and finds none beside a program of 25 KB in RAM
 * ("mbedtls_ssl_setup: Not enough memory", or a crash). An ESP32 has its TLS memory elsewhere. Builds with a fixed number
 * of variables have another total and are left alone.
 */
const MORE_MEMORY = `if(process.memory().total===4096)(function(){var s="0123456789";for(var i=0;i<15;i++)s+=s;})();`;
const SCRIPT = "write-wifi-module.js";
/** The interpreter does this in some 20 ms. */
const DEADLINE_MS = 10_000;

/**
 * Puts the WiFi module, what it is to know of the world, and a boot file that makes room for TLS into the Storage of a flash folder, which is made if it is
 * not there. The interpreter itself does it, in a run before the board's own: the flash file's format is its business.
 * @throws Error when the interpreter cannot be run, or its Storage is full
 */
export async function prepareFlash(binary: string, flashFolder: string, world: World): Promise<void> {
  await mkdir(flashFolder, { recursive: true });
  const script = join(flashFolder, SCRIPT);
  await writeFile(script, await writerScript(world));
  try {
    await promisify(execFile)(binary, [SCRIPT], { cwd: flashFolder, timeout: DEADLINE_MS, killSignal: "SIGKILL" });
  } catch (error) {
    const { stdout = "", message } = error as { stdout?: string; message: string };
    throw new Error(`Cannot prepare the flash in ${flashFolder} with ${binary}: ${stdout.split("\n").slice(-5).join("\n") || message}`);
  } finally {
    await rm(script, { force: true });
  }
}

async function writerScript(world: World): Promise<string> {
  const files = { Wifi: await readFile(WIFI_MODULE, "latin1"), ".world": JSON.stringify(world), ".boot3": MORE_MEMORY };
  return Object.entries(files)
    .map(([name, content]) => `require("Storage").write(${JSON.stringify(name)},${JSON.stringify(content)});\n`)
    .join("");
}
