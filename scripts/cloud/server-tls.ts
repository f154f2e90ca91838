import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { IssuedCertificate } from "./certificate-authority.ts";

/**
 * What every kind of board knows must be on offer: ESP32 builds have ECDHE, a plain Linux build of the interpreter only
 * RSA and DHE key exchange (mbedTLS 2.1.1). RSA goes before DHE as on the many servers that never do DHE; that also
 * spares an interpreter the slow half of the handshake.
 */
const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE+AESGCM",
  "ECDHE+AES",
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "kRSA+AES",
  "DHE+AESGCM",
  "DHE+AES",
  // Level 0: higher ones may drop SHA-1 MACs and small groups that old clients need.
  "@SECLEVEL=0",
].join(":");

/** TLS options of the local cloud's servers: TLS 1.2 and 1.3, every key exchange a board may ask for. */
export function serverTls(issued: IssuedCertificate): SecureContextOptions & { honorCipherOrder: boolean } {
  return {
    cert: issued.chainPem,
    key: issued.keyPem,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    dhparam: "auto",
    minVersion: "TLSv1.2",
  };
}

/**
 * The same with a client certificate demanded, of this authority. TLS 1.2 alone and no resumption, so that every
 * handshake shows the certificate, and in the clear: a gate before the server refuses unknown ones with an alert.
 */
export function mutualTls(issued: IssuedCertificate, authorityPem: string): TlsOptions {
  return {
    ...serverTls(issued),
    ca: authorityPem,
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion: "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
