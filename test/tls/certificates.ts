// The certificates that the tests of real handshakes are about, good and bad.
import { createHash, X509Certificate } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { createAuthority, issueCertificate, selfSignedCertificate, type CertificateRequest, type IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";

/** Options of servers, and what a client needs for them. */
export interface Certificates {
  good: TlsOptions;
  expired: TlsOptions;
  future: TlsOptions;
  commonNameOnly: TlsOptions;
  selfSigned: TlsOptions;
  address: TlsOptions;
  /** Asks the client for a certificate, and refuses one without. */
  mutual: TlsOptions;
  /** By name: root, otherRoot, selfSigned, client, clientKey. */
  der: Record<string, Buffer>;
  /** Of `good`, and `address` of that one; `other` is of another certificate. */
  pins: { sha256: string; sha1: string; key: string; other: string; address: string };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes them all.
 * @param names the hosts they are for
 * @param ipAddress the IP host that one of them is for
 */
export async function createCertificates(names: string[], ipAddress: string): Promise<Certificates> {
  const [root, otherRoot] = [await createAuthority(), await createAuthority()];
  const issue = (request: CertificateRequest): Promise<IssuedCertificate> => issueCertificate(root, request);
  const good = await issue({ names });
  const address = await issue({ names: ["address.example"], ipAddresses: [ipAddress] });
  const client = await issue({ commonName: "client", usage: "client" });
  const selfSigned = await selfSignedCertificate({ names });
  return {
    good: serverTls(good),
    expired: serverTls(await issue({ names, notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) })),
    future: serverTls(await issue({ names, notBefore: daysFromNow(1), notAfter: daysFromNow(9) })),
    commonNameOnly: serverTls(await issue({ commonName: names[0]! })),
    selfSigned: serverTls(selfSigned),
    address: serverTls(address),
    mutual: { ...serverTls(good), requestCert: true, rejectUnauthorized: true, ca: root.pem },
    der: { root: root.der, otherRoot: otherRoot.der, selfSigned: selfSigned.der, client: client.der, clientKey: derOfPem(client.keyPem) },
    pins: {
      sha256: new X509Certificate(good.der).fingerprint256,
      sha1: new X509Certificate(good.der).fingerprint,
      key: `sha256/${createHash("sha256").update(publicKeyInfo(good.der)).digest("base64")}`,
      other: new X509Certificate(otherRoot.der).fingerprint256,
      address: new X509Certificate(address.der).fingerprint256,
    },
  };
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

function derOfPem(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

function publicKeyInfo(der: Buffer): Buffer {
  return new X509Certificate(der).publicKey.export({ type: "spki", format: "der" });
}
