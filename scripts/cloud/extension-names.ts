import { greaseName } from "./grease.ts";

/** IANA registry "TLS Supported Groups", without the ones nothing offers any more. */
const NAMED_GROUPS: Record<number, string> = {
  0x0012: "secp192k1",
  0x0013: "secp192r1",
  0x0014: "secp224k1",
  0x0015: "secp224r1",
  0x0016: "secp256k1",
  0x0017: "secp256r1",
  0x0018: "secp384r1",
  0x0019: "secp521r1",
  0x001a: "brainpoolP256r1",
  0x001b: "brainpoolP384r1",
  0x001c: "brainpoolP512r1",
  0x001d: "x25519",
  0x001e: "x448",
  0x0100: "ffdhe2048",
  0x0101: "ffdhe3072",
  0x0102: "ffdhe4096",
  0x0103: "ffdhe6144",
  0x0104: "ffdhe8192",
  0x0200: "MLKEM512",
  0x0201: "MLKEM768",
  0x0202: "MLKEM1024",
  0x11eb: "SecP256r1MLKEM768",
  0x11ec: "X25519MLKEM768",
  0x11ed: "SecP384r1MLKEM1024",
};

/** IANA registry "TLS SignatureScheme". */
const SIGNATURE_SCHEMES: Record<number, string> = {
  0x0201: "rsa_pkcs1_sha1",
  0x0203: "ecdsa_sha1",
  0x0401: "rsa_pkcs1_sha256",
  0x0403: "ecdsa_secp256r1_sha256",
  0x0501: "rsa_pkcs1_sha384",
  0x0503: "ecdsa_secp384r1_sha384",
  0x0601: "rsa_pkcs1_sha512",
  0x0603: "ecdsa_secp521r1_sha512",
  0x0804: "rsa_pss_rsae_sha256",
  0x0805: "rsa_pss_rsae_sha384",
  0x0806: "rsa_pss_rsae_sha512",
  0x0807: "ed25519",
  0x0808: "ed448",
  0x0809: "rsa_pss_pss_sha256",
  0x080a: "rsa_pss_pss_sha384",
  0x080b: "rsa_pss_pss_sha512",
  0x081a: "ecdsa_brainpoolP256r1tls13_sha256",
  0x081b: "ecdsa_brainpoolP384r1tls13_sha384",
  0x081c: "ecdsa_brainpoolP512r1tls13_sha512",
  0x0904: "mldsa44",
  0x0905: "mldsa65",
  0x0906: "mldsa87",
};

/** Gives the name of a key-agreement group, or undefined for a number that has none here. */
export function namedGroupName(group: number): string | undefined {
  return NAMED_GROUPS[group] ?? greaseName(group, "GREASE_");
}

/** Gives the name of a signature scheme, or undefined for a number that has none here. */
export function signatureSchemeName(scheme: number): string | undefined {
  return SIGNATURE_SCHEMES[scheme] ?? greaseName(scheme, "GREASE_");
}

/** Tells whether a key-agreement group resists quantum computers: those with ML-KEM in them. */
export function isPostQuantumGroup(group: number): boolean {
  return NAMED_GROUPS[group]?.includes("MLKEM") ?? false;
}
