import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesIn } from "./certificate-bytes.ts";
import type { Certificate } from "./certificate.ts";
import { pemImports } from "./imports.ts";
import { readHead, type PemHead } from "./pem-file.ts";

/** A file of certs/. */
export interface CertsFile {
  /** Without folder: "isrg-root-x1.pem". */
  file: string;
  head: PemHead;
  /** Undefined when there is not exactly one in it. */
  certificate?: Certificate;
  /** Why it cannot be embedded at all. */
  unreadable?: string;
  /** Files that import it. */
  usedBy: string[];
}

/** Reads all PEM files in the folder certs/ of a project (not those below it: certs/device/ is the board's own and never committed). */
export function readCertsFolder(project: string): CertsFile[] {
  const folder = join(project, "certs");
  const imports = pemImports(project);
  return filesIn(folder).map((file) => {
    const bytes = readFileSync(join(folder, file));
    return { file, head: readHead(bytes.toString("utf8")), usedBy: imports.get(join(folder, file)) ?? [], ...onlyCertificate(bytes) };
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".pem")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function onlyCertificate(bytes: Buffer): Pick<CertsFile, "certificate" | "unreadable"> {
  try {
    const certificates = certificatesIn(bytes);
    if (certificates.length === 1) return { certificate: certificates[0] };
    return { unreadable: `it holds ${certificates.length} certificates, and one can be embedded` };
  } catch (error) {
    return { unreadable: (error as Error).message };
  }
}
