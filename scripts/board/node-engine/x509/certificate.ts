import { contentsOf, type DerElement, DerError, readChildren, readElement } from "./der.ts";
import { type Extensions, NO_EXTENSIONS, readExtensions } from "./extensions.ts";

/** One attribute of a name: its type and its value. */
export interface NameAttribute {
  type: DerElement;
  value: DerElement;
}

/** Year, month, day, hour, minute, second. */
export type CertificateTime = [number, number, number, number, number, number];

/** Where the parts of a certificate lie in its bytes (RFC 5280, 4.1). */
export interface CertificateParts {
  bytes: Uint8Array;
  body: DerElement;
  /** 1 to 3. */
  version: number;
  serial: DerElement;
  signatureOid: DerElement;
  issuer: DerElement;
  issuerAttributes: NameAttribute[];
  subject: DerElement;
  subjectAttributes: NameAttribute[];
  validFrom: CertificateTime;
  validTo: CertificateTime;
  publicKey: DerElement;
  /** Tag of what follows the public key; 0 when nothing does. */
  nextTag: number;
  /** The list of extensions. */
  extensionList: DerElement | undefined;
  extensions: Extensions;
  signature: DerElement;
}

const CONTEXT_0 = 0xa0;
const EXTENSIONS_TAG = 0xa3;
const GENERALIZED_TIME_TAG = 0x18;
const UTC_TIME_PIVOT = 50;
const DEFAULT_VERSION = 1;
/** A bit string says first how many bits of its last byte do not count. */
const UNUSED_BITS_BYTES = 1;

/** Takes a certificate apart. Bytes after it do not count. @throws DerError for what is none */
export function readCertificate(der: Uint8Array): CertificateParts {
  const outer = readElement(der, 0);
  const bytes = der.subarray(0, outer.end);
  const [body, , signature] = parts(readChildren(bytes, outer), 3);
  const fields = readChildren(bytes, body!);
  const version = fields[0]?.tag === CONTEXT_0 ? readVersion(bytes, fields.shift()!) : DEFAULT_VERSION;
  const [serial, algorithm, issuer, validity, subject, publicKey, ...rest] = parts(fields, 6);
  const extensionField = rest.find(({ tag }) => tag === EXTENSIONS_TAG);
  const extensionList = extensionField && readElement(bytes, extensionField.contents, extensionField.end);
  const [validFrom, validTo] = parts(readChildren(bytes, validity!), 2).map((time) => readTime(bytes, time));
  return {
    bytes,
    body: body!,
    version,
    serial: serial!,
    signatureOid: parts(readChildren(bytes, algorithm!), 1)[0]!,
    issuer: issuer!,
    issuerAttributes: readName(bytes, issuer!),
    subject: subject!,
    subjectAttributes: readName(bytes, subject!),
    validFrom: validFrom!,
    validTo: validTo!,
    publicKey: publicKey!,
    nextTag: rest[0]?.tag ?? 0,
    extensionList,
    extensions: extensionList ? readExtensions(bytes, extensionList) : NO_EXTENSIONS,
    signature: skipUnusedBits(signature!),
  };
}

/** An element with its tag and length. */
export function wholeElement(bytes: Uint8Array, { start, end }: DerElement): Uint8Array {
  return bytes.subarray(start, end);
}

function parts(elements: DerElement[], count: number): DerElement[] {
  if (elements.length < count) throw new DerError(`A certificate's part has ${elements.length} fields of ${count}`);
  return elements;
}

function readVersion(bytes: Uint8Array, field: DerElement): number {
  return (contentsOf(bytes, readElement(bytes, field.contents, field.end))[0] ?? 0) + 1;
}

function readName(bytes: Uint8Array, name: DerElement): NameAttribute[] {
  const attributes = readChildren(bytes, name).flatMap((set) => readChildren(bytes, set));
  return attributes.map((attribute) => {
    const [type, value] = parts(readChildren(bytes, attribute), 2);
    return { type: type!, value: value! };
  });
}

function readTime(bytes: Uint8Array, element: DerElement): CertificateTime {
  const text = Buffer.from(contentsOf(bytes, element)).toString("latin1");
  const isLong = element.tag === GENERALIZED_TIME_TAG;
  const short = Number(text.slice(0, 2));
  const year = isLong ? Number(text.slice(0, 4)) : short + (short < UTC_TIME_PIVOT ? 2000 : 1900);
  const digits = text.slice(isLong ? 4 : 2);
  const pair = (index: number) => Number(digits.slice(2 * index, 2 * index + 2));
  return [year, pair(0), pair(1), pair(2), pair(3), pair(4)];
}

function skipUnusedBits(element: DerElement): DerElement {
  return {
    ...element,
    contents: element.contents + UNUSED_BITS_BYTES,
    length: element.length - UNUSED_BITS_BYTES,
  };
}
