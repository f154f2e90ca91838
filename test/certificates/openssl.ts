// OpenSSL's opinion, by its own command: another implementation than the one that the tests are about.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "../../scripts/certificates/certificate.ts";

const { stdout } = spawnSync("openssl", ["version"], { encoding: "utf8" });

/** For tests that need the command. */
export const SKIP_WITHOUT_OPENSSL = stdout?.startsWith("OpenSSL ") ? false : "the openssl command is not installed";

/** Whether OpenSSL verifies the first of `sent` when it trusts `anchor` alone, be that a root or not. */
export function opensslVerifies(sent: Certificate[], anchor: Certificate): boolean {
  const folder = mkdtempSync(join(tmpdir(), "espruino-https-openssl-"));
  const file = (name: string, certificates: Certificate[]): string => {
    writeFileSync(join(folder, name), certificates.map(({ x509 }) => x509.toString()).join(""));
    return join(folder, name);
  };
  try {
    const { status } = spawnSync("openssl", [
      "verify", "-partial_chain", "-no-CApath", "-no-CAstore", "-CAfile", file("anchor", [anchor]), "-untrusted", file("sent", sent), file("leaf", sent.slice(0, 1)),
    ]);
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
