import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** The environment variable that names the interpreter. */
export const BINARY_VARIABLE = "ESPRUINO_BIN";

/**
 * Path of the Espruino for Linux that ESPRUINO_BIN names, by path or by a name on PATH.
 * @throws Error that says what to do, when the variable is unset or names nothing that can be run
 */
export function interpreterPath(named = process.env[BINARY_VARIABLE]): string {
  if (!named) {
    throw new Error(`The espruino engine needs a real interpreter: set ${BINARY_VARIABLE} to an Espruino built for Linux ` +
      `(BOARD=LINUX make, in a clone of github.com/espruino/Espruino). Or use --engine node, which needs nothing.`);
  }
  const found = candidates(named).find(isExecutable);
  if (found) return found;
  throw new Error(`${BINARY_VARIABLE} names "${named}", which is no program that can be run.`);
}

function candidates(named: string): string[] {
  if (isAbsolute(named) || named.includes("/")) return [resolve(named)];
  return (process.env.PATH ?? "").split(delimiter).filter(Boolean).map((folder) => join(folder, named));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
