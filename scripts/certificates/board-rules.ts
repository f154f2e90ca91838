import type { Certificate, CertificateKey, CertificateSignature } from "./certificate.ts";

// What mbedTLS takes as ESP32 firmware builds it (2v29). Read in mbedTLS 2.1.1 and 2.28.3 (x509_crt.c, the default profile) and in the
// firmware's own settings (targets/esp32/IDF4/sdkconfig*). Where versions differ, what all of them take counts.

/** mbedTLS's default profile: rsa_min_bitlen. */
const MIN_RSA_BITS = 2_048;
/**
 * Where the RSA unit of ESP32 and S3 ends (ESP-IDF's SOC_RSA_MAX_BIT_LEN), and CONFIG_MBEDTLS_LARGE_KEY_SOFTWARE_MPI is off. The C3's ends at
 * 3072, and software takes over. mbedTLS itself goes to 8192: a Linux build of the interpreter takes such keys.
 */
export const MAX_RSA_BITS = 4_096;
/** CONFIG_MBEDTLS_ECP_DP_*. */
const CURVES = [
  "prime256v1", "secp384r1", "secp521r1", "secp256k1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
  "secp224r1", "secp224k1", "prime192v1", "secp192k1",
];
/** 2.1.1 takes SHA-1 too, later versions do not. */
const HASHES = ["SHA-224", "SHA-256", "SHA-384", "SHA-512"];
/** RSA-PSS only where it is compiled in. */
const SCHEMES = ["RSASSA-PKCS1-v1_5", "ECDSA"];
/** Basic constraints, key usage, extended key usage, alternative names: what x509_get_crt_ext reads; it refuses others that are critical. */
const EXTENSIONS = ["2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.17"];

/** MBEDTLS_X509_MAX_INTERMEDIATE_CA. */
export const MAX_INTERMEDIATES = 8;
/** One TLS record (CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN): mbedTLS 2.x does not put handshake messages together from several. */
export const MAX_MESSAGE_BYTES = 16_384;

/** Why the board cannot use a public key to verify signatures; undefined: it can. */
export function keyObjection(key: CertificateKey): string | undefined {
  if (key.kind === "rsa" && key.bits! < MIN_RSA_BITS) return `an ${key.text} key is too short for mbedTLS (at least ${MIN_RSA_BITS} bits)`;
  if (key.kind === "rsa" && key.bits! > MAX_RSA_BITS) return `an ${key.text} key is too long for the ESP32 (at most ${MAX_RSA_BITS} bits)`;
  if (key.kind === "ec" && !CURVES.includes(key.curve!)) return `the firmware's mbedTLS does not know the curve ${key.curve}`;
  if (key.kind === "other") return `the firmware's mbedTLS does not know keys of type ${key.text}`;
  return undefined;
}

/** Why the board cannot check how a certificate was signed; undefined: it can. */
export function signatureObjection({ scheme, hash }: CertificateSignature): string | undefined {
  if (!SCHEMES.includes(scheme)) return `the firmware's mbedTLS does not know ${scheme} signatures`;
  if (!hash || !HASHES.includes(hash)) return `not every firmware's mbedTLS takes ${hash ?? "unknown"} signatures`;
  return undefined;
}

/** Why mbedTLS cannot even read a certificate. One such among those that a server sends ends the handshake, used or not. */
export function readObjection({ key, signature, criticalExtensions }: Certificate): string | undefined {
  const unknown = criticalExtensions.find((each) => !EXTENSIONS.includes(each));
  if (unknown) return `it has a critical extension (${unknown}) that the firmware's mbedTLS does not know`;
  if (!SCHEMES.includes(signature.scheme)) return `the firmware's mbedTLS does not know ${signature.scheme} signatures`;
  return key.kind === "rsa" ? undefined : keyObjection(key);
}

/** Why a certificate is of no use as the one that a program embeds; undefined: it is. */
export function anchorObjection(certificate: Certificate): string | undefined {
  if (!certificate.isAuthority) return "it is a server's own certificate, not an authority's";
  if (!certificate.isForServers) return "it is not for certificates of servers (extended key usage)";
  return readObjection(certificate) ?? keyObjection(certificate.key);
}
