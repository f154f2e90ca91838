import { X509Certificate } from "node:crypto";
import { looksLikePem, pemBlocks, type PemBlock } from "../certificates/pem-blocks.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** From then on a person has to think of a new one. */
const SOON_DAYS = 60;
const WHICH_FILE = "Of the files from AWS the one that ends in -certificate.pem.crt is needed";
const CUT_SHORT = "its certificate cannot be read. Was it cut short? Copy or download it again";
/** id-kp-clientAuth, RFC 5280 4.2.1.12. */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** The board's certificate, and what a person should know about it. */
export interface DeviceCertificate {
  certificate: X509Certificate;
  warnings: string[];
}

/**
 * Reads the one certificate in a file, as PEM or DER, that a board shows to servers.
 * @param now the moment at which it has to be valid
 * @throws Error when there is none or it is not valid then; the message follows the file's name and says what to do
 */
export function readDeviceCertificate(content: Buffer, now: Date): DeviceCertificate {
  const certificates = certificatesIn(content);
  const [certificate] = certificates;
  if (!certificate) throw new Error("it holds no certificate");
  refuseOutsideValidity(certificate, now);
  return { certificate, warnings: [...warningsAbout(certificate, now), ...chainWarnings(certificates.length)] };
}

/** `CN=AWS IoT Certificate`: who it is for, in one line. */
export function subjectOf(certificate: X509Certificate): string {
  return certificate.subject ? certificate.subject.replaceAll("\n", ", ") : "(no subject)";
}

/** 2049-12-31 */
export function dateText(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

function certificatesIn(content: Buffer): X509Certificate[] {
  const blocks = pemBlocks(content.toString("latin1"));
  if (blocks.length > 0) return certificatesInPem(blocks);
  if (looksLikePem(content)) throw new Error("it was cut short: a PEM block has no end. Copy or download it again");
  return [parse(content, `it is neither a PEM text nor a certificate in DER. ${WHICH_FILE}`)];
}

function certificatesInPem(blocks: PemBlock[]): X509Certificate[] {
  const found = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (found.length > 0) return found.map(({ text }) => parse(text, CUT_SHORT));
  const labels = blocks.map(({ label }) => `BEGIN ${label}`).join(", ");
  throw new Error(`it holds no certificate (found: ${labels}; needed: BEGIN CERTIFICATE). ${WHICH_FILE}`);
}

function parse(content: Buffer | string, failure: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch {
    throw new Error(failure);
  }
}

function refuseOutsideValidity(certificate: X509Certificate, now: Date): void {
  if (now > new Date(certificate.validTo)) {
    throw new Error(`the certificate ${subjectOf(certificate)} expired on ${dateText(certificate.validTo)}. Have a new one made`);
  }
  if (now < new Date(certificate.validFrom)) {
    const validity = `the certificate ${subjectOf(certificate)} is not valid before ${dateText(certificate.validFrom)}`;
    throw new Error(`${validity}. Is this computer's clock right (${now.toUTCString()})?`);
  }
}

function warningsAbout(certificate: X509Certificate, now: Date): string[] {
  const days = Math.floor((new Date(certificate.validTo).getTime() - now.getTime()) / DAY_MS);
  // Node calls the extended key usages keyUsage.
  const usages = certificate.keyUsage as string[] | undefined;
  return [
    ...(days < SOON_DAYS ? [`the certificate expires in ${days} days, on ${dateText(certificate.validTo)}`] : []),
    ...(certificate.ca ? ["it is the certificate of an authority (CA:TRUE), not one for a device"] : []),
    ...(usages && !usages.includes(CLIENT_AUTH)
      ? ["it is not meant for clients (its extended key usage has no clientAuth): servers may refuse it"] : []),
  ];
}

function chainWarnings(count: number): string[] {
  return count > 1 ? [`it holds ${count} certificates; the board can show only one, and shows the first`] : [];
}
