import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import type { World } from "../../engine.ts";

/** lwIP asks a silent name server four times, one to four seconds apart, before a blocking look-up fails. */
export const SILENT_LOOKUP_MS = 10_000;

/**
 * Looks a name up as the virtual world has it: first in `world.hosts`, then with this computer's own resolver.
 * Gives the IPv4 address, null when there is no such name, and never settles for a name that is "silent".
 */
export async function resolveName(world: World, name: string): Promise<string | null> {
  if (isIPv4(name)) return name;
  const known = Object.hasOwn(world.hosts, name) ? world.hosts[name] : undefined;
  if (known === undefined) return lookUpOnComputer(name);
  if (known === "silent") return new Promise(() => {});
  return known === "unknown" ? null : known;
}

/** As `resolveName`, but a silent name server is given up after SILENT_LOOKUP_MS, as lwIP does. */
export async function resolveNameBlocking(world: World, name: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SILENT_LOOKUP_MS);
  });
  try {
    return await Promise.race([resolveName(world, name), givenUp]);
  } finally {
    clearTimeout(timer);
  }
}

async function lookUpOnComputer(name: string): Promise<string | null> {
  try {
    return (await lookup(name, { family: 4 })).address;
  } catch {
    return null;
  }
}
