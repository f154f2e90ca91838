import { describeAddress, parseServerAddress } from "../certificates/server-address.ts";
import type { Outcome } from "./verdict.ts";

/** What is to be examined. */
export interface Target {
  /** Whole, with scheme. */
  url: string;
  host: string;
  port: number;
  /** Path and query, percent-encoded. */
  path: string;
  /** It is to be asked by HTTP once the connection stands. */
  isHttp: boolean;
}

/** Exit codes of the command, by how a request with this project will end. */
const EXIT_CODES: Record<Outcome, number> = { works: 0, fails: 1, needs: 2, unknown: 3 };
/** The command was not used as it is meant: nothing was examined. */
export const EXIT_USAGE = 4;

export function exitCodeOf(outcome: Outcome): number {
  return EXIT_CODES[outcome];
}

/**
 * Reads what a person typed: a URL, HOST or HOST:PORT. Only https is asked by HTTP.
 * @throws Error that says what is wrong with it
 */
export function parseTarget(text: string): Target {
  const { host, port } = parseServerAddress(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? "https";
  if (scheme !== "https") return { url: text, host, port, path: "/", isHttp: false };
  const parsed = new URL(/^https:\/\//i.test(text) ? text : `https://${describeAddress({ host, port })}/`);
  if (parsed.username || parsed.password) throw new Error("A user name or password in a URL would be shown and logged: leave it out, this command asks without.");
  return { url: parsed.href.split("#")[0]!, host, port, path: parsed.pathname + parsed.search, isHttp: true };
}
