import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificatesIn } from "./certificate-bytes.ts";
import { readCertsFolder } from "./certs-folder.ts";
import { fileNameFor, pemFile } from "./pem-file.ts";
import type { Selection } from "./select-certificate.ts";

export interface WriteOptions {
  /** Without ending; default: from the certificate's common name. */
  name?: string;
  /** Overwrite another certificate. */
  force?: boolean;
  /** Why it is kept without a program that imports it. */
  standby?: string;
}

/** What became of it: the file's path below the project, and whether it was there already. */
export interface Written {
  file: string;
  isNew: boolean;
}

const FILE_NAME = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Writes certs/NAME.pem. A certificate that is in certs/ already, under whatever name, is left as it is.
 * @throws Error for a name that is none, or that another certificate has
 */
export function writeCertificate(project: string, { certificate, from }: Selection, { name, force, standby }: WriteOptions): Written {
  const base = name ?? fileNameFor(certificate);
  if (!FILE_NAME.test(base)) throw new Error(`"${base}" is no name for a file in certs/: use small letters, digits and hyphens, without ".pem".`);
  const file = `certs/${base}.pem`;
  const present = readCertsFolder(project).find((each) => each.certificate?.sha256 === certificate.sha256);
  if (present && (name === undefined || present.file === `${base}.pem`)) return { file: `certs/${present.file}`, isNew: false };
  if (existsSync(join(project, file)) && !force) {
    throw new Error(`${file} is there already, with ${contentOf(join(project, file))}. Give another name with --name, or --force to overwrite it.`);
  }
  mkdirSync(join(project, "certs"), { recursive: true });
  writeFileSync(join(project, file), pemFile(certificate, from, standby));
  return { file, isNew: true };
}

function contentOf(path: string): string {
  try {
    return certificatesIn(readFileSync(path)).map(({ name }) => `"${name}"`).join(", ");
  } catch {
    return "something that is no certificate";
  }
}
