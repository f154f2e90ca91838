import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { verdict, type Verdict } from "./verdict.ts";

/** The library's own look-up has no deadline, and cannot be called off. */
const TOO_LATE = "ETIMEOUT";

/**
 * Looks a host up as the firmware does, which knows IPv4 alone.
 * @returns the address, or why there is none
 */
export async function findAddress(host: string, timeoutMs: number): Promise<string | Verdict> {
  if (isIP(host) === 6) return verdict("fails", "E_OPTION", "The firmware has no IPv6. Give the server's name, or its IPv4 address.");
  const found = await lookUp(host, 4, timeoutMs);
  if ("address" in found) return found.address;
  if (found.code === TOO_LATE) return verdict("unknown", "E_DNS", `The name server does not find "${host}" within ${timeoutMs / 1_000} s. Is this computer online?`);
  if ("address" in await lookUp(host, 6, timeoutMs)) return verdict("fails", "E_DNS", `${host} has IPv6 addresses only, and the firmware has no IPv6.`);
  return verdict("unknown", "E_DNS", `There is no host "${host}" (${found.code}). Check the spelling, and that this computer is online.`);
}

async function lookUp(host: string, family: 4 | 6, timeoutMs: number): Promise<{ address: string } | { code: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ code: string }>((resolve) => { timer = setTimeout(resolve, timeoutMs, { code: TOO_LATE }); });
  const found = lookup(host, { family }).catch((error: NodeJS.ErrnoException) => ({ code: error.code ?? error.message }));
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
