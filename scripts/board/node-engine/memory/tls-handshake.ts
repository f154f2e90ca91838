import { randomBytes } from "node:crypto";
import { freeCertificates } from "./certificate-free.ts";
import { BUFFER, writeCertificate } from "./certificate-image.ts";
import { advanceGenerator } from "./generator.ts";
import type { FieldOfBits } from "./layouts/layout.ts";
import { Structure } from "./structure.ts";
import type { TlsImage } from "./tls-image.ts";

/** mbedtls_ssl_states. */
const STATE = { serverHello: 2, serverChangeCipherSpec: 12, over: 16 };
const MASTER_SECRET_BYTES = 48;
const SSL_MAJOR = 3;
const TLS_1_2_MINOR = 3;
/** TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, as in the fixtures. */
const SUITE = 0xc02f;
const FINISHED_BYTES = 12;
/** A certificate that mbedTLS has parsed has a version. */
const NOT_PARSED = 0;

/** A certificate that counts as trusted, as it lies in RAM when the handshake looks at it. */
export interface TrustedAuthority {
  /** As it was parsed: the key and the extensions are these. */
  der: Uint8Array;
  /** What its raw buffer holds now. */
  raw: Uint8Array;
  /** What its subject holds now. */
  subject: Uint8Array;
}

/** All that the handshake takes from RAM. */
export interface HandshakeInput {
  /** What the host-name word points to; undefined for a null pointer. */
  hostName: string | undefined;
  /** 0 none, 1 optional, 2 required. */
  verification: number;
  /** Major and minor. */
  maxVersion: [number, number];
  minVersion: [number, number];
  /** undefined: the word of the CA chain is null. */
  trusted: TrustedAuthority[] | undefined;
  /** What would be sent as own certificate; undefined when there is no key for it. */
  ownCertificate: Uint8Array | undefined;
  /** Counter and key of the generator. */
  seed: Uint8Array;
  isStockSeed: boolean;
  /** False when something made a server or a datagram endpoint of it. */
  isStreamClient: boolean;
}

/** Reads what the handshake works with. @throws AccessFault where a pointer leads out of RAM */
export function readHandshake(image: TlsImage): HandshakeInput {
  const { configuration, context, memory } = image;
  const { layout, ram } = memory;
  const hostName = context.word(layout.context.hostName);
  const [maxMajor, maxMinor, minMajor, minMinor] = configuration.read(layout.configuration.versions, 4);
  const hasPair = configuration.word(layout.configuration.keyCertificate) !== 0;
  const seed = image.generatorBytes();
  return {
    hostName: hostName === 0 ? undefined : ram.cString(hostName),
    verification: bits(configuration, layout.configuration.verification),
    maxVersion: [maxMajor!, maxMinor!],
    minVersion: [minMajor!, minMinor!],
    trusted: trustedAuthorities(image),
    ownCertificate: hasPair ? readBuffer(image.ownCertificate, layout.certificate.raw) : undefined,
    seed,
    isStockSeed: Buffer.compare(seed, image.stockSeed) === 0,
    isStreamClient: bits(configuration, layout.configuration.endpoint) === 0,
  };
}

/** The ClientHello has left. */
export function beginHandshake({ context, memory }: TlsImage): void {
  const { layout } = memory;
  context.setWord(layout.context.state, STATE.serverHello);
  context.setWords(layout.context.majorVersion, [SSL_MAJOR, TLS_1_2_MINOR]);
}

/** The server's certificate has come and been checked. Its chain is kept. @throws OutOfHeap */
export function receiveCertificates(image: TlsImage, chain: readonly Uint8Array[]): void {
  const { context, memory } = image;
  const { layout } = memory;
  context.setWord(layout.context.state, STATE.serverChangeCipherSpec);
  const session = new Structure(memory, context.word(layout.context.sessionNegotiate));
  let pointer = session.part(layout.session.peerCertificate);
  for (const [index, der] of chain.entries()) {
    const owner = image.describe(`certificate ${index} of the peer`);
    const certificate = new Structure(memory, memory.heap.allocate(layout.certificate.bytes, owner, image.socket));
    pointer.setWord(0, certificate.address);
    writeCertificate(certificate, der, owner, image.socket);
    pointer = certificate.part(layout.certificate.next);
  }
  if (layout.freesCaChain) freeCaChain(image);
}

/** esp_mbedtls_free_cacert of ESP-IDF. */
function freeCaChain(image: TlsImage): void {
  const { caChain } = image.memory.layout.configuration;
  const address = image.configuration.word(caChain);
  if (address === 0) return;
  freeCertificates(new Structure(image.memory, address), image.describe("CA"));
  image.configuration.setWord(caChain, 0);
}

/** mbedtls_ssl_handshake_wrapup: what was negotiated is now in use, what was only for the handshake is gone. */
export function finishHandshake(image: TlsImage): void {
  const { context, memory } = image;
  const { context: at, session: sessionAt } = memory.layout;
  context.setWord(at.state, STATE.over);
  const session = context.word(at.sessionNegotiate);
  const transform = context.word(at.transformNegotiate);
  context.setWords(at.sessionIn, [session, session, session, 0]);
  context.setWords(at.transformIn, [transform, transform, transform, 0]);
  memory.heap.free(context.word(at.handshake), image.describe("handshake parameters"));
  context.setWord(at.handshake, 0);
  const negotiated = new Structure(memory, session);
  negotiated.setWord(sessionAt.suite, SUITE);
  negotiated.write(sessionAt.masterSecret, randomBytes(MASTER_SECRET_BYTES));
  context.setWord(at.secureRenegotiation, 1);
  if (at.verifyDataLength !== undefined) writeFinishedMessages(context.part(at.verifyDataLength));
  advanceGenerator(image.structure, memory.layout.generator);
  image.endConnecting();
}

function writeFinishedMessages(at: Structure): void {
  at.setWord(0, FINISHED_BYTES);
  at.write(4, randomBytes(2 * FINISHED_BYTES));
}

function trustedAuthorities(image: TlsImage): TrustedAuthority[] | undefined {
  const { memory, ca, configuration, caCertificate } = image;
  const { certificate, configuration: at } = memory.layout;
  const address = configuration.word(at.caChain);
  if (address === 0) return undefined;
  const isParsed = address === caCertificate.address && caCertificate.word(certificate.version) !== NOT_PARSED;
  if (ca === undefined || !isParsed) return [];
  const raw = readBuffer(caCertificate, certificate.raw);
  return [{ der: ca, raw, subject: readBuffer(caCertificate, certificate.subjectRaw) }];
}

function readBuffer(at: Structure, offset: number): Uint8Array {
  const length = at.word(offset + BUFFER.length);
  return length === 0 ? new Uint8Array() : at.memory.ram.read(at.word(offset + BUFFER.pointer), length);
}

function bits(at: Structure, { offset, shift, mask }: FieldOfBits): number {
  return (at.byte(offset) >> shift) & mask;
}
