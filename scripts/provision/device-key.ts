import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { looksLikePem, pemBlocks, type PemBlock } from "../certificates/pem-blocks.ts";

// What the board's mbedTLS was seen to take (2v29 with mbedTLS 2.1.1 and 2.28.3, a server that demands a client certificate): RSA of
// 2048, 3072 and 4096 bits, P-256 and P-384. Both versions read PKCS#1 and SEC1, which are shorter than PKCS#8.
const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 4096;
const CURVES: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384" };

/** The board's private key, ready for its Storage. */
export interface DeviceKey {
  key: KeyObject;
  /** For its Storage: PKCS#1 (RSA) or SEC1 with the public key (EC). */
  der: Buffer;
  /** "RSA with 2048 bits". */
  description: string;
  /** Whether it is an EC key: Linux builds of the firmware cannot use one. */
  isEc: boolean;
}

/**
 * Reads the private key in a file, as PEM or DER, in PKCS#1, PKCS#8 or SEC1.
 * @throws Error when there is none, or none that the board can use; the message follows the file's name, says what to do, and tells
 *   nothing of the key
 */
export function readDeviceKey(content: Buffer): DeviceKey {
  const key = parseKey(content);
  const description = usableKey(key);
  const isEc = key.asymmetricKeyType === "ec";
  const der = isEc ? withPublicKey(key).export({ type: "sec1", format: "der" }) : key.export({ type: "pkcs1", format: "der" });
  return { key, der, description, isEc };
}

/**
 * A file may leave the public key out (RFC 5915 3), and an export then leaves it out again. Firmware with a file system takes what
 * has at most 100 bytes for a file's name, and such a key is shorter (2v29).
 */
function withPublicKey(key: KeyObject): KeyObject {
  return createPrivateKey({ key: key.export({ format: "jwk" }), format: "jwk" });
}

function parseKey(content: Buffer): KeyObject {
  const blocks = pemBlocks(content.toString("latin1"));
  if (blocks.length > 0) return keyInPem(blocks);
  if (looksLikePem(content)) throw new Error("it was cut short: a PEM block has no end. Copy or download it again");
  return keyInDer(content);
}

function keyInPem(blocks: PemBlock[]): KeyObject {
  const keys = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [block] = keys;
  if (!block) throw new Error(whyNoKey(blocks.map(({ label }) => label)));
  if (keys.length > 1) throw new Error(`it holds ${keys.length} private keys; keep the one that belongs to the certificate`);
  refuseForms(block);
  try {
    return createPrivateKey(block.text);
  } catch {
    throw new Error(`its ${block.label} cannot be read. Was it cut short? Copy or download it again`);
  }
}

function refuseForms({ label, text }: PemBlock): void {
  if (label === "ENCRYPTED PRIVATE KEY" || text.includes("Proc-Type: 4,ENCRYPTED")) {
    throw new Error("it is encrypted, and the board cannot ask for its password. " +
      "Write it without: openssl pkey -in FILE -out NEW-FILE, and name NEW-FILE");
  }
  if (label === "OPENSSH PRIVATE KEY") {
    throw new Error("it is an SSH key. A device key is made with its certificate, by AWS or: " +
      "openssl req -new -newkey rsa:2048 -noenc -keyout FILE");
  }
}

const WHICH_FILE = "The private key is needed, of the files from AWS the one that ends in -private.pem.key";

function whyNoKey(labels: string[]): string {
  if (labels.some((label) => label.endsWith("PUBLIC KEY"))) {
    return `it is the public key. ${WHICH_FILE}`;
  }
  if (labels.includes("CERTIFICATE")) return `it is a certificate. ${WHICH_FILE}`;
  const found = labels.map((label) => `BEGIN ${label}`).join(", ");
  return `it holds no private key (found: ${found}; needed: BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY or BEGIN EC PRIVATE KEY)`;
}

const DER_FORMS = ["pkcs8", "pkcs1", "sec1"] as const;

function keyInDer(content: Buffer): KeyObject {
  for (const type of DER_FORMS) {
    const key = attempt(() => createPrivateKey({ key: content, format: "der", type }));
    if (key) return key;
  }
  const publicKey = attempt(() => createPublicKey({ key: content, format: "der", type: "spki" }));
  if (publicKey) throw new Error(whyNoKey(["PUBLIC KEY"]));
  if (attempt(() => new X509Certificate(content))) throw new Error(whyNoKey(["CERTIFICATE"]));
  throw new Error("it is neither a PEM text nor a private key in DER. Is it encrypted, or a .p12 file? " +
    "Then: openssl pkey -in FILE -out NEW-FILE, or openssl pkcs12 -in FILE -nocerts -noenc -out NEW-FILE, and name NEW-FILE");
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** What kind of key it is. Raises an error for one that the board cannot use. */
function usableKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength !== undefined) {
    const description = `RSA with ${modulusLength} bits`;
    if (modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX) return description;
    throw new Error(unusable(description));
  }
  if (key.asymmetricKeyType === "ec" && namedCurve !== undefined) {
    const curve = CURVES[namedCurve];
    if (curve) return `EC on ${curve}`;
    throw new Error(unusable(`EC on ${namedCurve}`));
  }
  throw new Error(unusable(`of type ${key.asymmetricKeyType}`));
}

function unusable(description: string): string {
  const curves = Object.values(CURVES).join(" and ");
  return `it is ${description}. The board can use RSA with ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits, and EC on ${curves}: ` +
    "have a new key and certificate made";
}
