import { isSameName, type Certificate } from "./certificate.ts";

/** Another root of the same authority that a program may need: the one that follows, or the one for the other kind of key. */
export interface Successor {
  /** Common name, as `certs -- add` takes it when Node's store has it. */
  name: string;
  why: string;
}

interface RootChange {
  /** Common names. */
  roots: string[];
  next: Successor[];
}

// Changes that the authorities have announced, as found in November 2026. What is not announced is not here.
const CHANGES: RootChange[] = [
  {
    // letsencrypt.org, "New Generation Y hierarchy" (2025-11-24): Root YR and YE are "intended to eventually replace" X1 and X2 and are
    // cross-signed by them; letsencrypt.org/certificates: generated 2025-09-03, X1 is expected to be trusted until 2030-06-04.
    roots: ["ISRG Root X1"],
    next: [
      { name: "Root YR", why: "is meant to replace X1 (RSA). X1 stays right as long as servers send the Root YR that X1 has signed" },
      { name: "ISRG Root X2", why: "stands beside it for EC certificates" },
    ],
  },
  {
    roots: ["ISRG Root X2"],
    next: [
      { name: "Root YE", why: "is meant to replace X2 (EC). X2 stays right as long as servers send the Root YE that X2 has signed" },
      { name: "ISRG Root X1", why: "stands beside it for RSA certificates" },
    ],
  },
  {
    // amazontrust.com/repository: custom trust stores should have Amazon Root CA 1 to 4 and Starfield Services Root Certificate Authority - G2;
    // 1 to 4 stand for different kinds of keys.
    roots: ["Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4", "Starfield Services Root Certificate Authority - G2"],
    next: [
      { name: "Amazon Root CA 1", why: "RSA 2048; Amazon asks for all of its roots to be trusted, since any may be used" },
      { name: "Amazon Root CA 3", why: "EC P-256; Amazon asks for all of its roots to be trusted, since any may be used" },
    ],
  },
  {
    // security.googleblog.com, "Google, HTTPS, and device compatibility" (March 2021): the cross-certificate of GlobalSign expires 2028-01-28.
    // pki.goog, "March 2025 - Alternate Chains Update": servers may send GTS Root R1 cross-signed by GlobalSign Root CA, or not.
    roots: ["GlobalSign Root CA"],
    next: [
      { name: "GTS Root R1", why: "for Google's RSA certificates: GlobalSign's signature under Google's roots ends on 2028-01-28" },
      { name: "GTS Root R4", why: "for Google's EC certificates: GlobalSign's signature under Google's roots ends on 2028-01-28" },
    ],
  },
  {
    // pki.goog: R1 and R2 have RSA keys, R3 and R4 EC keys.
    roots: ["GTS Root R1", "GTS Root R2"],
    next: [{ name: "GTS Root R4", why: "stands beside it for EC certificates" }],
  },
  {
    roots: ["GTS Root R3", "GTS Root R4"],
    next: [{ name: "GTS Root R1", why: "stands beside it for RSA certificates" }],
  },
  {
    // knowledge.digicert.com, "DigiCert root and intermediate CA certificate updates 2023": Mozilla's dates of distrust for TLS.
    roots: ["DigiCert Global Root CA", "DigiCert Assured ID Root CA", "DigiCert High Assurance EV Root CA"],
    next: [{ name: "DigiCert Global Root G2", why: "browsers trust the first generation no longer since 2026-04-15" }],
  },
  {
    roots: ["DigiCert Global Root G2"],
    next: [{ name: "DigiCert TLS RSA4096 Root G5", why: "is the newest generation: Mozilla ends its trust in G2 for TLS on 2029-04-15" }],
  },
  {
    // sectigo.com, "Sectigo Public Root CAs Migration FAQ": new certificates come from R46 and E46 since April (EV), May (OV) and June (DV) 2025.
    roots: ["USERTrust RSA Certification Authority"],
    next: [{ name: "Sectigo Public Server Authentication Root R46", why: "is what Sectigo issues RSA certificates under since June 2025" }],
  },
  {
    roots: ["USERTrust ECC Certification Authority"],
    next: [{ name: "Sectigo Public Server Authentication Root E46", why: "is what Sectigo issues EC certificates under since June 2025" }],
  },
  {
    // sectigo.com, "Sectigo new Public Roots and Issuing CAs Hierarchy": an RSA and an ECC trust path.
    roots: ["Sectigo Public Server Authentication Root R46"],
    next: [{ name: "Sectigo Public Server Authentication Root E46", why: "stands beside it for EC certificates" }],
  },
  {
    roots: ["Sectigo Public Server Authentication Root E46"],
    next: [{ name: "Sectigo Public Server Authentication Root R46", why: "stands beside it for RSA certificates" }],
  },
];

/** The roots that may be needed after, or beside, this one. */
export function successorsOf(root: Certificate): Successor[] {
  return CHANGES.filter(({ roots }) => roots.some((name) => isSameName(name, root.name)))
    .flatMap(({ next }) => next).filter(({ name }) => !isSameName(name, root.name));
}
