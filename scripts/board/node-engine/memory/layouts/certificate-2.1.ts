import type { CertificateLayout } from "./layout.ts";

const DNS_NAME_TAG = 0x82;

/** mbedtls_x509_crt of mbedTLS 2.1 to 2.27. */
export const CERTIFICATE_2_1: CertificateLayout = {
  bytes: 312,
  ownBuffer: undefined,
  raw: 0,
  body: 12,
  version: 24,
  serial: 28,
  signatureOid: 40,
  issuerRaw: 52,
  subjectRaw: 64,
  issuer: 76,
  subject: 108,
  validFrom: 140,
  validTo: 164,
  keyRaw: undefined,
  key: 188,
  issuerId: 196,
  subjectId: 208,
  extensions: 220,
  alternativeNames: 232,
  listedNameTag: DNS_NAME_TAG,
  policies: undefined,
  extensionTypes: 248,
  isAuthority: 252,
  maxPathLength: 256,
  keyUsage: 260,
  extendedKeyUsage: 264,
  signature: 284,
  hash: 296,
  keyType: 300,
  next: 308,
};
