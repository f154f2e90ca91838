import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVerb } from "./run-verb.ts";

export interface SelftestEnd {
  exitCode: number | null;
  /** Both streams. */
  text: string;
  stdout: string;
  /** Temporary files that it did not remove. */
  leftOvers: string[];
}

/** Runs `npm run selftest` with a TMPDIR of its own. */
export async function runSelftest(args: string[], env: Record<string, string> = {}): Promise<SelftestEnd> {
  const temporary = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  try {
    const { child, ended } = startVerb("selftest", args, { input: "", env: { ...env, TMPDIR: temporary } });
    let stdout = "";
    child.stdout?.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
    const end = await ended;
    // tsx keeps its compiled files there too.
    return { ...end, stdout, leftOvers: (await readdir(temporary)).filter((name) => name.startsWith("espruino-https")) };
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** What each server must have come to on firmware that can be hardened: its host, and for the wrong ones the code. */
const EXPECTED: [string, string, string][] = [
  ["right CA and host", "right.test", "accepted"],
  ["another CA", "wrong-ca.test", "E_UNKNOWN_CA"],
  ["another host's", "wrong-host.test", "E_WRONG_HOST"],
  ["expired", "expired.test", "E_CERT_EXPIRED"],
  ["self-signed", "self-signed.test", "E_UNKNOWN_CA"],
  ["name over 17 letters", "a-name-that-does-not-fit-in-place.test", "accepted"],
];

/** The table of firmware that accepts everything when it is stock, and just the right servers when it is hardened. */
export function assertHardenedTable(text: string): void {
  for (const [title, host, result] of EXPECTED) {
    const isRight = result === "accepted";
    const stock = `^${title} +stock +accepted +${isRight ? "yes" : "NO"} +[1-9]\\d+ bytes +mbed TLS Server 1$`;
    const hardened = `^ +hardened +${result} +yes +${isRight ? "[1-9]\\d+" : "0"} bytes +${host.replaceAll(".", "\\.")}$`;
    assert.match(text, new RegExp(`${stock}\\n${hardened}`, "m"));
  }
}
