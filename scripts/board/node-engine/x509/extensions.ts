import { contentsOf, type DerElement, readChildren, readElement } from "./der.ts";

/** What a certificate says in the extensions that mbedTLS understands. */
export interface Extensions {
  /** mbedTLS's bits for the extensions that are there. */
  types: number;
  isAuthority: boolean;
  /** Greatest number of intermediate certificates below; undefined: no limit. */
  pathLength: number | undefined;
  /** The bits of KeyUsage, first byte lowest; undefined: not said. */
  keyUsage: number | undefined;
  extendedKeyUsage: DerElement[];
  /** undefined: the extension is not there. */
  alternativeNames: DerElement[] | undefined;
  policies: DerElement[];
}

export const NO_EXTENSIONS: Extensions = {
  types: 0,
  isAuthority: false,
  pathLength: undefined,
  keyUsage: undefined,
  extendedKeyUsage: [],
  alternativeNames: undefined,
  policies: [],
};

const BOOLEAN_TAG = 0x01;
const INTEGER_TAG = 0x02;

type Reader = (bytes: Uint8Array, value: DerElement) => Partial<Extensions>;

/** By the object identifier's last byte: 2.5.29.n. The bits are MBEDTLS_OID_X509_EXT_* of oid.h. */
const READERS: Record<number, { bit: number; read: Reader }> = {
  15: { bit: 1 << 2, read: readKeyUsage },
  17: { bit: 1 << 5, read: (bytes, value) => ({ alternativeNames: readChildren(bytes, value) }) },
  19: { bit: 1 << 8, read: readBasicConstraints },
  32: { bit: 1 << 3, read: readPolicies },
  37: { bit: 1 << 11, read: (bytes, value) => ({ extendedKeyUsage: readChildren(bytes, value) }) },
};

const ID_CE = Buffer.from([0x55, 0x1d]);

/** Reads the list of extensions (RFC 5280, 4.2). @throws DerError */
export function readExtensions(bytes: Uint8Array, list: DerElement): Extensions {
  return readChildren(bytes, list).reduce((extensions, each) => addExtension(bytes, extensions, each), NO_EXTENSIONS);
}

function addExtension(bytes: Uint8Array, extensions: Extensions, extension: DerElement): Extensions {
  const fields = readChildren(bytes, extension);
  const oid = Buffer.from(contentsOf(bytes, fields[0]!));
  const known = oid.length === 3 && oid.subarray(0, 2).equals(ID_CE) ? READERS[oid[2]!] : undefined;
  if (known === undefined) return extensions;
  const { contents, end } = fields.at(-1)!;
  const value = readElement(bytes, contents, end);
  return { ...extensions, ...known.read(bytes, value), types: extensions.types | known.bit };
}

function readBasicConstraints(bytes: Uint8Array, value: DerElement): Partial<Extensions> {
  const fields = readChildren(bytes, value);
  const authority = fields.find(({ tag }) => tag === BOOLEAN_TAG);
  const limit = fields.find(({ tag }) => tag === INTEGER_TAG);
  return {
    isAuthority: authority !== undefined && contentsOf(bytes, authority)[0] !== 0,
    pathLength: limit && (contentsOf(bytes, limit)[0] ?? 0),
  };
}

function readKeyUsage(bytes: Uint8Array, value: DerElement): Partial<Extensions> {
  const [, ...bits] = contentsOf(bytes, value);
  return { keyUsage: bits.reduce((usage, byte, i) => usage | (byte << (8 * i)), 0) };
}

function readPolicies(bytes: Uint8Array, value: DerElement): Partial<Extensions> {
  return { policies: readChildren(bytes, value).flatMap((policy) => readChildren(bytes, policy).slice(0, 1)) };
}
