import { readFileSync } from "node:fs";
import { readCertificate, type Certificate } from "./certificate.ts";
import { pemBlocks } from "./pem-blocks.ts";

/** DER of a SEQUENCE, which a certificate is. */
const DER_SEQUENCE = 0x30;

/**
 * Reads the certificates in a file's bytes: PEM, one or more in the file's order, or one as DER.
 * @throws Error when there is a private key among them, or no certificate; the message is meant to follow the file's name
 */
export function certificatesIn(bytes: Buffer): Certificate[] {
  if (bytes[0] === DER_SEQUENCE) return [readDer(bytes)];
  const blocks = pemBlocks(bytes.toString("latin1"));
  const key = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (key) throw new Error(`it holds a private key (BEGIN ${key.label}). A key never belongs into certs/: it would get into git and into programs.`);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (certificates.length > 0) return certificates.map(({ text }) => readCertificate(Buffer.from(text)));
  const found = blocks.map(({ label }) => `BEGIN ${label}`).join(", ") || "no PEM block and no DER";
  throw new Error(`it holds no certificate (found: ${found}). PKCS #7 becomes PEM by: openssl pkcs7 -print_certs -in FILE -out FILE.pem`);
}

function readDer(bytes: Buffer): Certificate {
  try {
    return readCertificate(bytes);
  } catch {
    throw new Error("it is DER, but no certificate. PKCS #7 becomes PEM by: openssl pkcs7 -inform der -print_certs -in FILE -out FILE.pem");
  }
}

/**
 * Reads the certificates in a file; see certificatesIn.
 * @throws Error that begins with the file's name
 */
export function readCertificateFile(file: string): Certificate[] {
  try {
    return certificatesIn(readFileSync(file));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
