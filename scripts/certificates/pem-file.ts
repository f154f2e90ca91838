import { dateOf, type Certificate } from "./certificate.ts";

/** What stands above the certificate in a file of certs/, as comments. */
export interface PemHead {
  Subject?: string;
  Expires?: string;
  "SHA-256"?: string;
  From?: string;
  /** Why it is kept though no program imports it: an authority's next root, say. */
  Standby?: string;
}

const BASE64_LINE = /.{1,64}/g;

/**
 * The text of a file in certs/.
 * @param from where the certificate comes from
 * @param standby why it is kept without a program, if it is
 */
export function pemFile(certificate: Certificate, from: string, standby?: string): string {
  const head: PemHead = { ...headOf(certificate), From: from, ...(standby ? { Standby: standby } : {}) };
  const lines = Object.entries(head).map(([name, value]) => `# ${name}: ${printable(value as string)}`);
  const base64 = certificate.der.toString("base64").match(BASE64_LINE)!;
  return [...lines, "-----BEGIN CERTIFICATE-----", ...base64, "-----END CERTIFICATE-----", ""].join("\n");
}

/** The lines that follow from the certificate itself. */
export function headOf(certificate: Certificate): Required<Pick<PemHead, "Subject" | "Expires" | "SHA-256">> {
  return { Subject: certificate.subject, Expires: dateOf(certificate.validTo), "SHA-256": certificate.sha256 };
}

/** Reads the comments above a certificate. */
export function readHead(text: string): PemHead {
  const lines = text.matchAll(/^# (Subject|Expires|SHA-256|From|Standby): (.+?)\r?$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
}

/** A file name without ending: "ISRG Root X1" -> "isrg-root-x1". */
export function fileNameFor({ name }: Certificate): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "certificate";
}

/** Without control characters: what comes from a server must not steer a terminal, or end a line of a file. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u00b7");
}
