import type { Chip } from "../chips.ts";

/** The TLS libraries whose memory can be had. */
export const TLS_LAYOUT_NAMES = ["2.1.1", "2.16.12", "2.28.8", "hardware-aes"] as const;
export type TlsLayoutName = (typeof TLS_LAYOUT_NAMES)[number];

/**
 * The firmware's structure of one TLS socket (SSLSocketData of libs/network/network.c): where its parts are. All
 * numbers are bytes; offsets count from the start of the part they stand in.
 */
export interface TlsLayout {
  name: TlsLayoutName;
  chip: Chip;
  /** Length of the structure. */
  bytes: number;
  generator: GeneratorLayout;
  /** Key type and key context. */
  ownKey: number;
  ownCertificate: number;
  caCertificate: number;
  context: ContextLayout;
  configuration: ConfigurationLayout;
  certificate: CertificateLayout;
  session: SessionLayout;
  /** Sizes of the blocks that the TLS context owns. */
  blocks: { handshake: number; transform: number; session: number; inBuffer: number; outBuffer: number };
  /** A refused certificate is told to the server by an alert. */
  sendsVerifyAlert: boolean;
  /** A certificate must be meant for servers, if it says what it is meant for. */
  checksExtendedKeyUsage: boolean;
  /** The CA chain is freed as soon as the server's certificate has been checked, to save memory. */
  freesCaChain: boolean;
}

/** mbedtls_ctr_drbg_context. */
export interface GeneratorLayout {
  /** From the structure's start. The counter's 16 bytes come first. */
  offset: number;
  reseedCounter: number;
  entropyBytes: number;
  reseedInterval: number;
  aes: SoftwareAesLayout | HardwareAesLayout;
  entropyFunction: number;
}

/** mbedtls_aes_context: the key is there as expanded round keys. */
export interface SoftwareAesLayout {
  kind: "software";
  rounds: number;
  /** Points at the round keys. */
  pointer: number;
  roundKeys: number;
}

/** esp_aes_context: the key is there as it is. */
export interface HardwareAesLayout {
  kind: "hardware";
  keyBytes: number;
  key: number;
}

/** mbedtls_x509_crt. A buffer in it is tag, length, pointer; a name two buffers and a pointer to the next. */
export interface CertificateLayout {
  bytes: number;
  /** Says that the raw buffer is the structure's own. Absent before 2.28. */
  ownBuffer: number | undefined;
  raw: number;
  body: number;
  version: number;
  serial: number;
  signatureOid: number;
  issuerRaw: number;
  subjectRaw: number;
  issuer: number;
  subject: number;
  validFrom: number;
  validTo: number;
  /** Absent before 2.28. */
  keyRaw: number | undefined;
  key: number;
  issuerId: number;
  subjectId: number;
  extensions: number;
  alternativeNames: number;
  /** Which kinds of alternative names are listed, by tag; undefined: all. */
  listedNameTag: number | undefined;
  /** Absent before 2.28. */
  policies: number | undefined;
  extensionTypes: number;
  isAuthority: number;
  maxPathLength: number;
  keyUsage: number;
  extendedKeyUsage: number;
  signature: number;
  hash: number;
  keyType: number;
  next: number;
}

/** mbedtls_ssl_context. */
export interface ContextLayout {
  /** From the structure's start. The first word points at the configuration. */
  offset: number;
  state: number;
  majorVersion: number;
  minorVersion: number;
  send: number;
  receive: number;
  /** Points at the structure's start. */
  io: number;
  sessionIn: number;
  sessionOut: number;
  session: number;
  sessionNegotiate: number;
  handshake: number;
  transformIn: number;
  transformOut: number;
  transform: number;
  transformNegotiate: number;
  /** Buffer, counter, header, length, vector, message: six pointers in a row. */
  inBuffer: number;
  outBuffer: number;
  hostName: number;
  secureRenegotiation: number;
  /** Length of the two Finished messages that renegotiation needs. Absent without renegotiation. */
  verifyDataLength: number | undefined;
}

/** mbedtls_ssl_config. */
export interface ConfigurationLayout {
  /** From the structure's start. */
  offset: number;
  /** Greatest version, then smallest version, two bytes each. */
  versions: number;
  endpoint: FieldOfBits;
  verification: FieldOfBits;
  generator: number;
  keyCertificate: number;
  caChain: number;
  /** Words that point at functions. */
  functions: number[];
  /** Words that point at tables. */
  tables: number[];
  /** Other words that are not 0, as the stock firmware sets them. */
  constants: [offset: number, value: number][];
}

/** Part of a byte. */
export interface FieldOfBits {
  offset: number;
  shift: number;
  mask: number;
}

/** mbedtls_ssl_session. */
export interface SessionLayout {
  suite: number;
  masterSecret: number;
  peerCertificate: number;
}
