// modules/tls/der.ts, certificate.ts and pins.ts as the board gets them: bundled, plain and minified, never the sources.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { branchReached } from "../bundles/reached-branches.ts";
import { builtModule, countedModule } from "../bundles/test-bundles.ts";

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
  name: "plain" | "minified" | "counted";
  /** CommonJS text, for an interpreter other than this one. */
  source: string;
  modules: CertificateModules;
}

/** Loads the bundles, and the plain one once more so that it tells which branches it runs, with the firmware's crypto around them. */
export async function buildCertificateModules(): Promise<CertificateBuild[]> {
  const [{ plain, minified }, counted] = [await builtModule("certificate-reader"), await countedModule("certificate-reader")];
  return [load("plain", plain), load("minified", minified), load("counted", counted.plain)];
}

function load(name: CertificateBuild["name"], file: string): CertificateBuild {
  const source = readFileSync(file, "utf8");
  const modules: Record<string, unknown> = {};
  new Function("exports", "require", "E", "branchReached", source)(modules, () => FIRMWARE_CRYPTO, FIRMWARE_E, branchReached);
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
