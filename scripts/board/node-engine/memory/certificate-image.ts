import { X509Certificate, type KeyObject } from "node:crypto";
import { type CertificateParts, type NameAttribute, readCertificate } from "../x509/certificate.ts";
import type { DerElement } from "../x509/der.ts";
import { writeKey } from "./key-image.ts";
import type { CertificateLayout } from "./layouts/layout.ts";
import type { Structure } from "./structure.ts";

/** mbedtls_asn1_buf: tag, length, pointer. */
export const BUFFER = { tag: 0, length: 4, pointer: 8, bytes: 12 };
/** mbedtls_asn1_named_data: type, value, next. */
export const NAME = { value: 12, next: 24, bytes: 32 };
/** mbedtls_asn1_sequence: buffer, next. */
export const SEQUENCE = { next: 12, bytes: 16 };

/** MBEDTLS_MD_* and MBEDTLS_PK_* by the last byte of the signature's object identifier. */
const SHA256 = 6;
const RSA = 1;
const ECDSA = 4;
const DIGESTS_OF_RSA: Record<number, number> = { 4: 3, 5: 4, 11: 6, 12: 7, 13: 8, 14: 5 };
const DIGESTS_OF_ECDSA: Record<number, number> = { 1: 5, 2: 6, 3: 7, 4: 8 };
const ECDSA_OID_BYTES = 8;

/** Writes one certificate into one structure. */
class CertificateWriter {
  readonly #at: Structure;
  readonly #layout: CertificateLayout;
  readonly #certificate: CertificateParts;
  readonly #owner: string;
  readonly #group: number;
  #raw = 0;

  constructor(at: Structure, certificate: CertificateParts, owner: string, group: number) {
    this.#at = at;
    this.#layout = at.memory.layout.certificate;
    this.#certificate = certificate;
    this.#owner = owner;
    this.#group = group;
  }

  write(key: KeyObject | undefined): void {
    this.#writeRaw();
    this.#writeBody();
    this.#writeNames();
    this.#writeTimes();
    if (key) writeKey(this.#at.part(this.#layout.key), key, `public key of ${this.#owner}`, this.#group);
    this.#writeExtensions();
    this.#writeSignature();
  }

  #writeRaw(): void {
    const { bytes } = this.#certificate;
    const { ownBuffer, raw } = this.#layout;
    this.#raw = this.#at.memory.heap.store(bytes, `raw bytes of ${this.#owner}`, this.#group);
    if (ownBuffer !== undefined) this.#at.setWord(ownBuffer, 1);
    this.#at.setWords(raw, [0, bytes.length, this.#raw]);
  }

  #writeBody(): void {
    const { body, version, serial, signatureOid, issuer, subject, publicKey } = this.#certificate;
    const layout = this.#layout;
    this.#setWhole(layout.body, body);
    this.#at.setWord(layout.version, version);
    this.#setBuffer(layout.serial, serial);
    this.#setBuffer(layout.signatureOid, signatureOid);
    this.#setWhole(layout.issuerRaw, issuer);
    this.#setWhole(layout.subjectRaw, subject);
    if (layout.keyRaw !== undefined) this.#setWhole(layout.keyRaw, publicKey);
  }

  #writeNames(): void {
    this.#writeName(this.#layout.issuer, this.#certificate.issuerAttributes, "issuer");
    this.#writeName(this.#layout.subject, this.#certificate.subjectAttributes, "subject");
  }

  /** The first attribute lies in the structure, each further one in a block. */
  #writeName(offset: number, attributes: NameAttribute[], what: string): void {
    let at = this.#at.part(offset);
    attributes.forEach(({ type, value }, index) => {
      if (index > 0) at = this.#append(at, NAME.next, NAME.bytes, `${what} of ${this.#owner}`);
      this.#setBuffer(0, type, at);
      this.#setBuffer(NAME.value, value, at);
    });
  }

  #writeTimes(): void {
    this.#at.setWords(this.#layout.validFrom, this.#certificate.validFrom);
    this.#at.setWords(this.#layout.validTo, this.#certificate.validTo);
  }

  #writeExtensions(): void {
    const { nextTag, extensionList, extensions } = this.#certificate;
    const layout = this.#layout;
    this.#at.setWord(layout.issuerId, nextTag);
    this.#at.setWord(layout.subjectId, nextTag);
    if (extensionList === undefined) return void this.#at.setWord(layout.extensions, nextTag);
    this.#setWhole(layout.extensions, extensionList);
    this.#at.setWord(layout.extensions, nextTag);
    const names = (extensions.alternativeNames ?? []).filter(({ tag }) => (layout.listedNameTag ?? tag) === tag);
    this.#writeSequence(layout.alternativeNames, names, "names");
    this.#writeSequence(layout.extendedKeyUsage, extensions.extendedKeyUsage, "key usage");
    if (layout.policies !== undefined) this.#writeSequence(layout.policies, extensions.policies, "policies");
    this.#at.setWord(layout.extensionTypes, extensions.types);
    this.#at.setWord(layout.isAuthority, extensions.isAuthority ? 1 : 0);
    this.#at.setWord(layout.maxPathLength, extensions.pathLength === undefined ? 0 : extensions.pathLength + 1);
    this.#at.setWord(layout.keyUsage, extensions.keyUsage ?? 0);
  }

  #writeSequence(offset: number, elements: DerElement[], what: string): void {
    let at = this.#at.part(offset);
    elements.forEach((element, index) => {
      if (index > 0) at = this.#append(at, SEQUENCE.next, SEQUENCE.bytes, `${what} of ${this.#owner}`);
      this.#setBuffer(0, element, at);
    });
  }

  #writeSignature(): void {
    const { signature, signatureOid, bytes } = this.#certificate;
    this.#setBuffer(this.#layout.signature, signature);
    const last = bytes[signatureOid.end - 1]!;
    const isEcdsa = signatureOid.length === ECDSA_OID_BYTES;
    this.#at.setWord(this.#layout.hash, (isEcdsa ? DIGESTS_OF_ECDSA : DIGESTS_OF_RSA)[last] ?? SHA256);
    this.#at.setWord(this.#layout.keyType, isEcdsa ? ECDSA : RSA);
  }

  #append(at: Structure, next: number, bytes: number, owner: string): Structure {
    const address = at.memory.heap.allocate(bytes, owner, this.#group);
    at.setWord(next, address);
    return at.part(address - at.address);
  }

  /** A buffer that covers the contents of an element, with its tag. */
  #setBuffer(offset: number, { tag, length, contents }: DerElement, at = this.#at): void {
    at.setWords(offset, [tag, length, this.#raw + contents]);
  }

  /** A buffer that covers the whole element, without its tag. */
  #setWhole(offset: number, { start, end }: DerElement): void {
    this.#at.setWords(offset, [0, end - start, this.#raw + start]);
  }
}

/**
 * mbedtls_x509_crt_parse_der: parses a certificate into the empty structure at `at`.
 * @throws DerError, or OutOfHeap
 */
export function writeCertificate(at: Structure, der: Uint8Array, owner: string, group: number): void {
  new CertificateWriter(at, readCertificate(der), owner, group).write(publicKeyOf(der));
}

/** undefined for a key that Node cannot read: mbedTLS would not know it either. */
function publicKeyOf(der: Uint8Array): KeyObject | undefined {
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    return undefined;
  }
}
