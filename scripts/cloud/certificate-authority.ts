import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

export type KeyType = "rsa" | "ec";

/** A certificate with its private key: an authority, or what an authority issued. */
export interface IssuedCertificate {
  certificate: x509.X509Certificate;
  keys: webcrypto.CryptoKeyPair;
  /** This certificate alone, as DER. */
  der: Buffer;
  /** This certificate alone, as PEM. */
  pem: string;
  /** What a server shows: this certificate, then its issuers, without the self-signed root. */
  chainPem: string;
  /** The private key, PKCS #8. */
  keyPem: string;
}

export interface CertificateRequest {
  /** Subject's common name; default: the first name or address. */
  commonName?: string;
  /** DNS names for the subject alternative name. None, and no address either: a certificate with a CN alone. */
  names?: string[];
  ipAddresses?: string[];
  /** Default: one day ago. */
  notBefore?: Date;
  /** Default: in a week; nothing made here is meant to live longer than the process. */
  notAfter?: Date;
  /** Default "rsa": a plain Linux build of the interpreter knows no elliptic curves. */
  keyType?: KeyType;
  /** May it issue certificates itself? Default false. */
  isAuthority?: boolean;
  /** What it authenticates; default "server". */
  usage?: "server" | "client";
  /** A key that nobody else has, where default false is one for all of this process. Authorities have their own anyway. */
  ownKey?: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A board's clock may be a little behind this computer's. */
const DEFAULT_AGE_MS = DAY_MS;
const DEFAULT_LIFETIME_MS = 7 * DAY_MS;
/** RFC 5280 4.1.2.2 allows 20; 16 with the top bit clear are unique and positive. */
const SERIAL_BYTES = 16;

const RSA_KEY = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const EC_KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const leafKeys = new Map<KeyType, Promise<webcrypto.CryptoKeyPair>>();

function generateKeys(keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = keyType === "rsa" ? RSA_KEY : EC_KEY;
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Leaf keys are made once per process: an RSA key costs more than all else in a test together. */
function sharedLeafKeys(keyType: KeyType): Promise<webcrypto.CryptoKeyPair> {
  const keys = leafKeys.get(keyType) ?? generateKeys(keyType);
  leafKeys.set(keyType, keys);
  return keys;
}

function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function alternativeNames(request: CertificateRequest): x509.Extension[] {
  const names = (request.names ?? []).map((value) => ({ type: "dns" as const, value }));
  const addresses = (request.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value }));
  const all = [...names, ...addresses];
  return all.length > 0 ? [new x509.SubjectAlternativeNameExtension(all)] : [];
}

function usages(request: CertificateRequest): x509.Extension[] {
  const flags = x509.KeyUsageFlags;
  if (request.isAuthority) return [new x509.KeyUsagesExtension(flags.keyCertSign | flags.cRLSign, true)];
  const purpose = request.usage === "client" ? "clientAuth" : "serverAuth";
  return [
    // keyEncipherment is what a server with RSA key exchange needs.
    new x509.KeyUsagesExtension(flags.digitalSignature | flags.keyEncipherment, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[purpose]]),
  ];
}

function subjectOf(request: CertificateRequest): x509.JsonName {
  const commonName = request.commonName ?? request.names?.[0] ?? request.ipAddresses?.[0];
  if (!commonName) throw new TypeError("Cannot issue a certificate without commonName, names or ipAddresses");
  return [{ O: ["espruino-https"] }, { CN: [commonName] }];
}

function checkRequest(request: CertificateRequest, notBefore: Date, notAfter: Date): void {
  const wrong = (request.ipAddresses ?? []).find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new TypeError(`Cannot issue a certificate for "${wrong}": not an IP address`);
  if (notAfter <= notBefore) {
    const dates = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
    throw new RangeError(`Cannot issue a certificate valid from ${dates}: it ends before it begins`);
  }
}

function signatureOf(keys: webcrypto.CryptoKeyPair): typeof RSA_KEY | typeof EC_KEY {
  return keys.privateKey.algorithm.name === RSA_KEY.name ? RSA_KEY : EC_KEY;
}

async function issue(
  request: CertificateRequest,
  keys: webcrypto.CryptoKeyPair,
  issuer: IssuedCertificate | undefined,
): Promise<IssuedCertificate> {
  const notBefore = request.notBefore ?? new Date(Date.now() - DEFAULT_AGE_MS);
  const notAfter = request.notAfter ?? new Date(Date.now() + DEFAULT_LIFETIME_MS);
  checkRequest(request, notBefore, notAfter);
  const signer = issuer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(request),
    issuer: issuer?.certificate.subjectName ?? subjectOf(request),
    notBefore,
    notAfter,
    signingAlgorithm: signatureOf(signer),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(request.isAuthority ?? false, undefined, true),
      ...usages(request),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...alternativeNames(request),
    ],
  });
  return describe(certificate, keys, issuer);
}

function describe(
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  issuer: IssuedCertificate | undefined,
): IssuedCertificate {
  const pem = certificate.toString("pem") + "\n";
  const issuerIsRoot = issuer !== undefined && issuer.certificate.issuer === issuer.certificate.subject;
  const chainPem = issuer === undefined || issuerIsRoot ? pem : pem + issuer.chainPem;
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { certificate, keys, der: Buffer.from(certificate.rawData), pem, chainPem, keyPem };
}

/**
 * Makes a throw-away root authority: RSA-2048, its own key each time, so two authorities never trust each other's
 * certificates even under one name.
 *
 * @param commonName the subject's common name
 */
export async function createAuthority(
  commonName = "espruino-https local cloud CA (throw-away)",
): Promise<IssuedCertificate> {
  return issue({ commonName, isAuthority: true }, await generateKeys("rsa"), undefined);
}

/**
 * Issues a certificate (RFC 5280) under `authority`, which may itself have been issued with `isAuthority`.
 *
 * @throws TypeError for a request that names nothing or an address that is none
 * @throws RangeError for a validity that ends before it begins
 */
export async function issueCertificate(
  authority: IssuedCertificate,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  const keyType = request.keyType ?? "rsa";
  const keys = await (request.isAuthority || request.ownKey ? generateKeys(keyType) : sharedLeafKeys(keyType));
  return issue(request, keys, authority);
}

/**
 * Makes a self-signed certificate that no authority vouches for; takes and raises what {@link issueCertificate} does.
 */
export async function selfSignedCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  return issue(request, await sharedLeafKeys(request.keyType ?? "rsa"), undefined);
}
