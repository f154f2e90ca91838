// The readers of certificates and pins, for tests that run them on bytes of their own.
export { enter, openDer, seek } from "../../../modules/tls/der";
export { listNames, matchesHost, readCertificate } from "../../../modules/tls/certificate";
export { fingerprint, matchesPin, parsePin } from "../../../modules/tls/pins";

/** An exported interface keeps its property names in the minified bundle too, so that a test can read them. */
export interface Kept {
  bytes: string;
  at: number;
  left: number;
  subject: string;
  issuer: string;
  notBefore: number;
  notAfter: number;
  publicKeyInfo: string;
  names: string;
}
