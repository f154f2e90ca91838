import "reflect-metadata";
import { X509Certificate, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A public key, as far as it decides whether the board can use it. */
export interface CertificateKey {
  kind: "rsa" | "ec" | "other";
  /** Of an RSA key. */
  bits?: number;
  /** Of an EC key, by OpenSSL's name: prime256v1, secp384r1, ... */
  curve?: string;
  /** For people: "RSA 2048", "EC P-256". */
  text: string;
}

/** How an issuer signed. */
export interface CertificateSignature {
  /** "RSASSA-PKCS1-v1_5", "ECDSA", "RSA-PSS", "Ed25519", or an object identifier. */
  scheme: string;
  /** "SHA-256", ...; undefined where the scheme fixes it. */
  hash?: string;
}

/** An X.509 certificate (RFC 5280), read as far as this project needs it. */
export interface Certificate {
  der: Buffer;
  x509: X509Certificate;
  /** On one line, as in the head of the files in certs/. */
  subject: string;
  issuer: string;
  /** The subject's common name, or all of the subject where it has none. */
  name: string;
  /** Upper-case hex with colons. */
  sha256: string;
  validFrom: Date;
  validTo: Date;
  key: CertificateKey;
  signature: CertificateSignature;
  /** Basic constraints with CA:TRUE, and a key usage, if any, that allows signing certificates. */
  isAuthority: boolean;
  /** How many intermediates may stand below it; undefined: any number. */
  pathLength?: number;
  /** Object identifiers of the extensions that a reader must understand or refuse the certificate. */
  criticalExtensions: string[];
  /** Its key usage, if any, allows its key to take part in a handshake (RFC 5246 7.4.2). */
  mayHandshake: boolean;
  /** No extended key usage, or one for TLS servers. */
  isForServers: boolean;
  /** It may sign for some names only (name constraints). */
  isConstrained: boolean;
  /** Subject and issuer are the same: a root, or a self-signed server certificate. */
  isSelfIssued: boolean;
  /** Where the issuer's certificate can be fetched (authority information access), http and https only. */
  issuerUrls: string[];
}

const CURVE_NAMES: Record<string, string> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
const NAME_CONSTRAINTS = "2.5.29.30";
const ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a certificate.
 * @param der one certificate as DER (or as PEM text)
 * @throws Error when it is none; the message is meant to follow the name of where it came from
 */
export function readCertificate(der: Buffer): Certificate {
  try {
    const certificate = new X509Certificate(der);
    const parsed = new x509.X509Certificate(certificate.raw);
    return {
      ...identityOf(certificate),
      key: keyOf(certificate),
      signature: signatureOf(parsed),
      isAuthority: isAuthority(parsed),
      pathLength: parsed.getExtension(x509.BasicConstraintsExtension)?.pathLength,
      criticalExtensions: parsed.extensions.filter(({ critical }) => critical).map(({ type }) => type),
      mayHandshake: mayHandshake(parsed),
      isForServers: isForServers(parsed),
      isConstrained: parsed.getExtension(NAME_CONSTRAINTS) !== null,
      issuerUrls: issuerUrlsOf(parsed),
    };
  } catch (error) {
    throw new Error(`its certificate cannot be read (${(error as Error).message}). Was it cut short?`);
  }
}

/** Whole days until a certificate expires; negative afterwards. */
export function daysLeft({ validTo }: Certificate, now: Date): number {
  return Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
}

/** Whether a certificate is within its dates. */
export function isWithinDates({ validFrom, validTo }: Certificate, now: Date): boolean {
  return now >= validFrom && now <= validTo;
}

/** The date alone, in UTC: 2035-06-04. */
export function dateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** Whether two distinguished names are one. Case does not count (RFC 5280 7.1), nor does the kind of string. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether `issuer`'s name and key are those that `child` was signed under; dates and constraints are another matter. */
export function isSignedBy(child: Certificate, issuer: Certificate): boolean {
  if (!isSameName(child.issuer, issuer.subject)) return false;
  try {
    return child.x509.verify(issuer.x509.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know has signed nothing that can be checked.
    return false;
  }
}

function identityOf(certificate: X509Certificate): Pick<Certificate,
"der" | "x509" | "subject" | "issuer" | "name" | "sha256" | "validFrom" | "validTo" | "isSelfIssued"> {
  const [subject, issuer] = [oneLine(certificate.subject), oneLine(certificate.issuer)];
  return {
    der: certificate.raw,
    x509: certificate,
    subject,
    issuer,
    name: /^CN=(.+)$/m.exec(certificate.subject ?? "")?.[1] ?? subject,
    sha256: certificate.fingerprint256,
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    isSelfIssued: isSameName(subject, issuer),
  };
}

/** A name without any part is undefined in Node. */
function oneLine(distinguishedName: string | undefined): string {
  return (distinguishedName ?? "").replaceAll("\n", ", ");
}

function keyOf(certificate: X509Certificate): CertificateKey {
  const key = publicKeyOf(certificate);
  const bits = key?.asymmetricKeyDetails?.modulusLength;
  const curve = key?.asymmetricKeyDetails?.namedCurve;
  if (key?.asymmetricKeyType === "rsa" && bits) return { kind: "rsa", bits, text: `RSA ${bits}` };
  if (curve) return { kind: "ec", curve, text: `EC ${CURVE_NAMES[curve] ?? curve}` };
  return { kind: "other", text: key?.asymmetricKeyType ?? "unknown" };
}

function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

function signatureOf(parsed: x509.X509Certificate): CertificateSignature {
  const { name, hash } = parsed.signatureAlgorithm as { name: string; hash?: { name: string } };
  return { scheme: name, hash: hash?.name };
}

function isAuthority(parsed: x509.X509Certificate): boolean {
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages;
  const maySign = usages === undefined || (usages & x509.KeyUsageFlags.keyCertSign) !== 0;
  return maySign && parsed.getExtension(x509.BasicConstraintsExtension)?.ca === true;
}

function mayHandshake(parsed: x509.X509Certificate): boolean {
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages;
  return usages === undefined || (usages & (x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment)) !== 0;
}

function isForServers(parsed: x509.X509Certificate): boolean {
  const usages = parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages as string[] | undefined;
  return usages === undefined || usages.includes(x509.ExtendedKeyUsage.serverAuth) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}

function issuerUrlsOf(parsed: x509.X509Certificate): string[] {
  const names = parsed.getExtension(x509.AuthorityInfoAccessExtension)?.caIssuers ?? [];
  return names.filter(({ type }) => type === "url").map(({ value }) => value).filter((url) => /^https?:\/\//i.test(url));
}
