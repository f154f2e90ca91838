// The certificates of hostile servers: those of the tests of TLS, and more wrong ones.
import type { TlsOptions } from "node:tls";
import { createAuthority, issueCertificate, type CertificateRequest, type IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { createCertificates, type Certificates } from "../tls/certificates.ts";
import { ADDRESS, LONG_HOST, SHORT_HOST } from "../tls/scenarios.ts";

export interface HostileCertificates extends Certificates {
  /** Says that it is for clients. */
  forClients: TlsOptions;
  /** Signed by a certificate that is no authority's. */
  ofNoAuthority: TlsOptions;
  /** Of an authority between it and the root, which the server does not show. */
  withoutIssuer: TlsOptions;
  /** The same, shown. */
  withIssuer: TlsOptions;
  /** Certificates for so many names that they have 12 KB, which fits, and 20 KB, which fits into no buffer of the board's. */
  long: TlsOptions;
  tooLong: TlsOptions;
}

const NAME_BYTES = 48;
const LONG_NAMES = 240;
const TOO_MANY_NAMES = 420;

/** Makes them all; `der` has `middle` besides. */
export async function createHostileCertificates(): Promise<HostileCertificates> {
  const root = await createAuthority();
  const certificates = await createCertificates([SHORT_HOST, LONG_HOST], ADDRESS);
  const issue = (request: CertificateRequest, issuer = root): Promise<IssuedCertificate> => issueCertificate(issuer, { names: [SHORT_HOST], ...request });
  const leaf = await issue({ ownKey: true });
  const middle = await issue({ commonName: "middle", isAuthority: true });
  const ofMiddle = await issue({}, middle);
  const alone = serverTls(ofMiddle);
  return {
    ...certificates,
    forClients: serverTls(await issue({ usage: "client" })),
    ofNoAuthority: serverTls(await issue({}, leaf)),
    withoutIssuer: { ...alone, cert: ofMiddle.pem },
    withIssuer: alone,
    long: serverTls(await issue({ names: [...manyNames(LONG_NAMES), SHORT_HOST] })),
    tooLong: serverTls(await issue({ names: [...manyNames(TOO_MANY_NAMES), SHORT_HOST] })),
    der: { ...certificates.der, hostileRoot: root.der },
  };
}

function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${String(index).padStart(NAME_BYTES - 8, "x")}.example`);
}
