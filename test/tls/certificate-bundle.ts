// modules/tls/der.ts, certificate.ts and pins.ts as the board gets them: bundled, plain and minified, never the sources.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle } from "../../scripts/build.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";

export interface Cursor {
  bytes: string;
  at: number;
  left: number;
}

export interface Certificate {
  subject: string;
  issuer: string;
  notBefore: number;
  notAfter: number;
  publicKeyInfo: string;
  names: string;
}

export interface CertificateModules {
  openDer(bytes: string): Cursor;
  enter(cursor: Cursor, tag: number, end: number): number;
  seek(cursor: Cursor, wanted: string, end: number, text: string): number;
  readCertificate(der: string): Certificate;
  matchesHost(certificate: Certificate, host: string): boolean;
  listNames(certificate: Certificate): string[];
  fingerprint(bytes: string, algorithm: "SHA256" | "SHA1"): string;
  parsePin(text: unknown): string;
  matchesPin(pin: string, der: string, publicKeyInfo: string): boolean;
}

export interface CertificateBuild {
  name: "plain" | "minified";
  /** CommonJS text, for an interpreter other than this one. */
  source: string;
  modules: CertificateModules;
}

const MODULES = fileURLToPath(new URL("../../modules/tls/", import.meta.url));

// An exported interface keeps its property names in the minified bundle too, so that a test can read them.
const ENTRY = `
export { enter, openDer, seek } from ${JSON.stringify(join(MODULES, "der"))};
export { listNames, matchesHost, readCertificate } from ${JSON.stringify(join(MODULES, "certificate"))};
export { fingerprint, matchesPin, parsePin } from ${JSON.stringify(join(MODULES, "pins"))};
export interface Kept {
  bytes: string; at: number; left: number;
  subject: string; issuer: string; notBefore: number; notAfter: number; publicKeyInfo: string; names: string;
}
`;

/** Builds both bundles and loads them with the firmware's crypto around them. */
export async function buildCertificateModules(): Promise<CertificateBuild[]> {
  const folder = mkdtempSync(join(tmpdir(), "certificate-modules-"));
  try {
    const input = join(folder, "entry.ts");
    writeFileSync(input, ENTRY);
    const bundle = bundleOf("module", "entry", input, folder);
    await buildBundle(bundle);
    return [load("plain", bundle.plain), load("minified", bundle.minified)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function load(name: CertificateBuild["name"], file: string): CertificateBuild {
  const source = readFileSync(file, "utf8");
  const modules: Record<string, unknown> = {};
  new Function("exports", "require", "E", source)(modules, () => FIRMWARE_CRYPTO, FIRMWARE_E);
  return { name, source, modules: modules as unknown as CertificateModules };
}

// What the firmware returns is an ArrayBuffer (libs/crypto/jswrap_crypto.c, 2v29).
function digest(algorithm: string, bytes: string): ArrayBuffer {
  return new Uint8Array(createHash(algorithm).update(bytes, "latin1").digest()).buffer;
}

const FIRMWARE_CRYPTO = {
  SHA1: (bytes: string) => digest("sha1", bytes),
  SHA256: (bytes: string) => digest("sha256", bytes),
};
const FIRMWARE_E = { toString: (bytes: ArrayBuffer) => Buffer.from(bytes).toString("latin1") };
