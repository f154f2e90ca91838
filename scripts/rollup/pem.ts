import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { Plugin } from "rollup";
import { pemBlocks, type PemBlock } from "../certificates/pem-blocks.ts";

interface TrustAnchor {
  der: Buffer;
  warnings: string[];
}

/**
 * Reads the one certificate a PEM text holds (RFC 7468) for embedding as a trust anchor.
 * @param text the file's text; comments around the PEM block are allowed
 * @param now the moment at which the certificate has to be valid
 * @returns its DER and what a person should know about it
 * @throws Error when there is a private key, no certificate, more than one, or one that is not valid at `now`;
 *   the message says what to do and is meant to follow the file's name
 */
export function readTrustAnchor(text: string, now: Date): TrustAnchor {
  const blocks = pemBlocks(text);
  refusePrivateKeys(blocks);
  const certificate = onlyCertificate(blocks);
  refuseOutsideValidity(certificate, now);
  return { der: certificate.raw, warnings: trustAnchorWarnings(certificate) };
}

/**
 * Rollup plug-in: `import ca from "./x.pem"` gives a function that returns the certificate's DER as a byte string.
 * It is a function because a saved program runs from flash and a function's body stays there until it is called;
 * Base64 in one literal because the firmware decodes that natively (`atob`), and PEM itself it does not read.
 * A file that cannot serve as a trust anchor stops the build.
 */
export function pem(): Plugin {
  return {
    name: "pem",
    async load(id) {
      if (!id.endsWith(".pem")) return null;
      this.addWatchFile(id);
      const file = relative(process.cwd(), id);
      try {
        const { der, warnings } = readTrustAnchor(await readFile(id, "utf8"), new Date());
        for (const warning of warnings) this.warn(`${file}: ${warning}`);
        return `export default function () { return atob("${der.toString("base64")}"); }\n`;
      } catch (error) {
        return this.error(`Cannot embed ${file}: ${(error as Error).message}`);
      }
    },
  };
}

function refusePrivateKeys(blocks: PemBlock[]): void {
  const key = blocks.find((block) => block.label.endsWith("PRIVATE KEY"));
  if (!key) return;
  throw new Error(`it holds a private key (BEGIN ${key.label}), which must never be part of a program. ` +
    "Import the certificate of the authority that signed the server's certificate instead, and keep the key out of the project.");
}

function onlyCertificate(blocks: PemBlock[]): X509Certificate {
  const certificates = blocks.filter((block) => block.label === "CERTIFICATE").map((block) => parseCertificate(block.text));
  if (certificates.length > 1) {
    const subjects = certificates.map((certificate) => `  ${oneLine(certificate.subject)}`).join("\n");
    throw new Error(`it holds ${certificates.length} certificates. Keep one (for a server's chain the root, which is the last) of:\n${subjects}`);
  }
  if (certificates[0]) return certificates[0];
  const found = blocks.map((block) => `BEGIN ${block.label}`).join(", ") || "no PEM block at all";
  throw new Error(`it holds no certificate (found: ${found}; needed: BEGIN CERTIFICATE). ` +
    "A DER file becomes PEM by: openssl x509 -inform der -in FILE -out FILE.pem");
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new Error(`its certificate cannot be read (${(error as Error).message}). Was it cut short? Copy or download it again.`);
  }
}

function refuseOutsideValidity(certificate: X509Certificate, now: Date): void {
  const subject = oneLine(certificate.subject);
  if (now > new Date(certificate.validTo)) {
    throw new Error(`the certificate "${subject}" expired on ${certificate.validTo}. Import the authority's current root.`);
  }
  if (now < new Date(certificate.validFrom)) {
    throw new Error(`the certificate "${subject}" is not valid before ${certificate.validFrom}. Is this computer's clock right (${now.toUTCString()})?`);
  }
}

function trustAnchorWarnings(certificate: X509Certificate): string[] {
  if (certificate.ca) return [];
  return [`"${oneLine(certificate.subject)}" is a server's own certificate, not an authority's (no CA:TRUE): ` +
    "the program will stop working when the server renews it. Embed the root that signed it."];
}

function oneLine(distinguishedName: string): string {
  return distinguishedName.replaceAll("\n", ", ");
}
