// Certificates of every kind, good and bad, under the keys in test/fixtures/certificates/keys.
import "reflect-metadata";
import { createPublicKey, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import * as x509 from "@peculiar/x509";
import { readCertificate, type Certificate } from "../../scripts/certificates/certificate.ts";

export type KeyName =
  | "rsa-1024" | "rsa-2048" | "rsa-2048-b" | "rsa-2048-c" | "rsa-3072" | "rsa-4096" | "rsa-4096-b" | "rsa-8192"
  | "p-256" | "p-256-b" | "p-256-c" | "p-384" | "p-384-b" | "p-521" | "ed25519";

/** A certificate, and what it takes to issue others under it or to serve with it. */
export interface Issued extends Certificate {
  pem: string;
  keyPem: string;
  keyName: KeyName;
}

export interface IssueRequest {
  /** Common name. */
  name: string;
  key: KeyName;
  /** Default: self-signed. */
  issuer?: Issued;
  /** Default: an authority, unless there are hosts. */
  isAuthority?: boolean;
  /** Its key usage allows nothing but signing certificates; default: for authorities without hosts. */
  signsOnly?: boolean;
  /** DNS names and IP addresses. */
  hosts?: string[];
  /** From now; default -1 and 1000. */
  days?: [number, number];
  pathLength?: number;
  /** Of the signature; default SHA-256. */
  hash?: string;
  /** Authority information access. */
  issuerUrl?: string;
}

type SigningAlgorithm = x509.X509CertificateCreateCommonParams["signingAlgorithm"];

const DAY_MS = 24 * 60 * 60 * 1000;
const KEYS = new URL("../fixtures/certificates/keys/", import.meta.url);
let serial = 1;

/** Issues a certificate. */
export async function issue(request: IssueRequest): Promise<Issued> {
  const { name, key, issuer, hosts = [], hash = "SHA-256", days: [from, to] = [-1, 1_000] } = request;
  const signingKey = await privateKey(issuer?.keyName ?? key, hash);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: (0x4000_0000 + serial++).toString(16),
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: new Date(Date.now() + from * DAY_MS),
    notAfter: new Date(Date.now() + to * DAY_MS),
    publicKey: await publicKey(key),
    signingKey,
    signingAlgorithm: { name: signingKey.algorithm.name, hash } as SigningAlgorithm,
    extensions: extensionsOf(request, hosts),
  });
  const pem = `${made.toString("pem")}\n`;
  return { ...readCertificate(Buffer.from(made.rawData)), pem, keyPem: keyPem(key), keyName: key };
}

function extensionsOf({ isAuthority, signsOnly, pathLength, issuerUrl }: IssueRequest, hosts: string[]): x509.Extension[] {
  const authority = isAuthority ?? hosts.length === 0;
  const flags = x509.KeyUsageFlags;
  const serves = signsOnly ?? hosts.length === 0 ? 0 : flags.digitalSignature | flags.keyEncipherment;
  return [
    new x509.BasicConstraintsExtension(authority, pathLength, true),
    new x509.KeyUsagesExtension(serves | (authority ? flags.keyCertSign : 0), true),
    ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName))] : []),
    ...(issuerUrl ? [new x509.AuthorityInfoAccessExtension({ caIssuers: [issuerUrl] })] : []),
  ];
}

function alternativeName(value: string): { type: "ip" | "dns"; value: string } {
  return { type: /^[\d.]+$/.test(value) ? "ip" : "dns", value };
}

function keyPem(name: KeyName): string {
  return readFileSync(new URL(`${name}.pem`, KEYS), "utf8");
}

function algorithmOf(name: KeyName, hash: string): webcrypto.RsaHashedImportParams & webcrypto.EcKeyImportParams {
  const scheme = name.startsWith("rsa") ? "RSASSA-PKCS1-v1_5" : name.startsWith("p-") ? "ECDSA" : "Ed25519";
  return { name: scheme, hash, namedCurve: name.slice(0, 5).toUpperCase() };
}

function privateKey(name: KeyName, hash: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(keyPem(name).replace(/-----[^-]+-----|\s/g, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, algorithmOf(name, hash), true, ["sign"]);
}

function publicKey(name: KeyName): Promise<webcrypto.CryptoKey> {
  const der = createPublicKey(keyPem(name)).export({ type: "spki", format: "der" });
  return webcrypto.subtle.importKey("spki", der, algorithmOf(name, "SHA-256"), true, ["verify"]);
}
