import { X509Certificate } from "node:crypto";
import { type CertificateParts, readCertificate, wholeElement } from "../x509/certificate.ts";
import { matchesHostName } from "./host-name-check.ts";
import type { TrustedCertificate, VerificationSettings } from "./messages.ts";

/** Why mbedTLS refuses a certificate: its words for it, in the order in which it lists them. */
export const PROBLEMS = {
  wrongName: "The certificate Common Name (CN) does not match with the expected CN",
  notTrusted: "The certificate is not correctly signed by the trusted CA",
  wrongUsage: "Usage does not match the extendedKeyUsage extension",
  badKey: "The certificate is signed with an unacceptable key (eg bad curve, RSA too short).",
} as const;
export type Problem = keyof typeof PROBLEMS;

/** mbedTLS follows a chain no further (MBEDTLS_X509_MAX_INTERMEDIATE_CA). */
const MAX_INTERMEDIATES = 8;
/** Of its default profile (rsa_min_bitlen). */
const MIN_RSA_BITS = 2_048;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const ANY_USAGE = "2.5.29.37.0";
const LAST_VERSION_WITHOUT_EXTENSIONS = 2;

interface Certificate {
  parts: CertificateParts;
  x509: X509Certificate;
}

/** A trusted certificate together with what the board's RAM holds of it now. */
interface Authority extends Certificate {
  raw: Uint8Array;
  subject: Uint8Array;
}

/**
 * Checks a server's chain as mbedTLS does: an issuer is found by its name and by its signature, first among the trusted
 * certificates, then in what the server sent. Dates are not looked at: ESP32 builds leave that out.
 * @param chain DER, the server's own certificate first
 */
export function verifyChain(chain: readonly Uint8Array[], settings: VerificationSettings): Problem[] {
  const certificates = chain.map(open);
  const leaf = certificates[0];
  if (leaf === undefined) return ["notTrusted"];
  const problems: Problem[] = [];
  const { hostName } = settings;
  if (hostName !== undefined && !matchesHostName(leaf.parts, hostName)) problems.push("wrongName");
  if (!isTrusted(leaf, certificates.slice(1), settings.trusted ?? [])) problems.push("notTrusted");
  if (isShort(leaf)) problems.push("badKey");
  if (settings.checksExtendedKeyUsage && !isForServers(leaf)) problems.push("wrongUsage");
  return problems;
}

/** Whether bytes are a certificate at all. */
export function isReadable(der: Uint8Array): boolean {
  try {
    open(der);
    return true;
  } catch {
    return false;
  }
}

function open(der: Uint8Array): Certificate {
  return { parts: readCertificate(der), x509: new X509Certificate(der) };
}

function isTrusted(leaf: Certificate, sent: Certificate[], trusted: readonly TrustedCertificate[]): boolean {
  const authorities = trusted.map(({ der, raw, subject }): Authority => ({ ...open(der), raw, subject }));
  if (isTrustedItself(leaf, authorities)) return true;
  let child = leaf;
  for (let depth = 0; depth <= MAX_INTERMEDIATES; depth++) {
    if (authorities.some((authority) => isTrustedIssuer(authority, child, depth))) return true;
    const position = sent.findIndex((each) => mayIssue(each, subjectOf(each), child, depth));
    const parent = sent[position];
    if (parent === undefined || !isSignedBy(child, parent) || isShort(parent)) return false;
    sent = sent.slice(position + 1);
    child = parent;
  }
  return false;
}

/** A self-issued certificate that is byte for byte a trusted one. It is the raw buffer that mbedTLS compares. */
function isTrustedItself(leaf: Certificate, authorities: Authority[]): boolean {
  if (!areEqual(issuerOf(leaf), subjectOf(leaf))) return false;
  return authorities.some(({ raw }) => areEqual(raw, leaf.parts.bytes));
}

function isTrustedIssuer(authority: Authority, child: Certificate, depth: number): boolean {
  return mayIssue(authority, authority.subject, child, depth, true) && isSignedBy(child, authority) && !isShort(authority);
}

/** x509_crt_check_parent. A trusted certificate from before version 3 cannot say that it is an authority. */
function mayIssue(parent: Certificate, subject: Uint8Array, child: Certificate, depth: number, isTop = false): boolean {
  if (!areEqual(issuerOf(child), subject)) return false;
  const { version, extensions } = parent.parts;
  if (isTop && version <= LAST_VERSION_WITHOUT_EXTENSIONS) return true;
  if (!parent.x509.ca) return false;
  return extensions.pathLength === undefined || depth <= extensions.pathLength;
}

function isSignedBy(child: Certificate, parent: Certificate): boolean {
  try {
    return child.x509.verify(parent.x509.publicKey);
  } catch {
    return false;
  }
}

function isShort({ x509 }: Certificate): boolean {
  return (x509.publicKey.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS) < MIN_RSA_BITS;
}

function isForServers({ x509 }: Certificate): boolean {
  // Node's name for what RFC 5280 calls extended key usage.
  const usages = x509.keyUsage as string[] | undefined;
  return usages === undefined || usages.includes(SERVER_AUTH) || usages.includes(ANY_USAGE);
}

function issuerOf({ parts }: Certificate): Uint8Array {
  return wholeElement(parts.bytes, parts.issuer);
}

function subjectOf({ parts }: Certificate): Uint8Array {
  return wholeElement(parts.bytes, parts.subject);
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
