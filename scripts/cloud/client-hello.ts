/** What a client offered in its first TLS message (RFC 5246 7.4.1.2, RFC 8446 4.1.2). */
export interface ClientHello {
  /** `legacy_version`, for example 0x0303 for TLS 1.2. */
  version: number;
  random: Buffer;
  cipherSuites: number[];
  compressionMethods: number[];
  /** Types of all extensions, in the order sent. */
  extensions: number[];
  /** Name in server_name (RFC 6066 3), as Latin-1; undefined when the client sent none. */
  serverName: string | undefined;
  supportedGroups: number[];
  signatureAlgorithms: number[];
  /** Empty before TLS 1.3. */
  supportedVersions: number[];
  sessionTicket: boolean;
}

/** The bytes are no ClientHello. The message says which part is wrong. */
export class ClientHelloError extends Error {
  override name = "ClientHelloError";
}

/** Real ones are below 2 KB, with post-quantum shares; a peer that announces more is not collected for. */
export const MAX_CLIENT_HELLO_BYTES = 16_384;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO_MESSAGE = 1;
const RECORD_HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
const RANDOM_BYTES = 32;
const HOST_NAME = 0;
const EXTENSION = { serverName: 0, groups: 10, signatureAlgorithms: 13, sessionTicket: 35, versions: 43 };

/** Takes values off the front of some bytes, never beyond their end. */
class ByteReader {
  private readonly bytes: Buffer;
  private readonly what: string;
  private at = 0;

  constructor(bytes: Buffer, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(count: number): Buffer {
    if (count > this.left) throw new ClientHelloError(`${this.what} ends ${count - this.left} bytes early`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  number(byteCount: number): number {
    return this.take(byteCount).readUIntBE(0, byteCount);
  }

  /** A vector: its length in `lengthBytes` bytes, then that many bytes (RFC 8446 3.4). */
  vector(lengthBytes: number, what: string): ByteReader {
    return new ByteReader(this.take(this.number(lengthBytes)), what);
  }

  numbers(byteCount: number): number[] {
    const all: number[] = [];
    while (this.left > 0) all.push(this.number(byteCount));
    return all;
  }

  end(): void {
    if (this.left > 0) throw new ClientHelloError(`${this.what} has ${this.left} bytes too many`);
  }
}

/**
 * Reads the ClientHello at the start of a TCP connection, from as many records as it was cut into.
 *
 * @param bytes all that has arrived so far
 * @returns the ClientHello, or undefined while more bytes are needed
 * @throws ClientHelloError as soon as the bytes cannot become a ClientHello of at most MAX_CLIENT_HELLO_BYTES
 */
export function parseClientHello(bytes: Buffer): ClientHello | undefined {
  const message = collectRecords(bytes);
  if (message.length < MESSAGE_HEADER_BYTES) return undefined;
  if (message[0] !== CLIENT_HELLO_MESSAGE) throw new ClientHelloError(`First message is of type ${message[0]}, not 1`);
  const length = message.readUIntBE(1, 3);
  if (length > MAX_CLIENT_HELLO_BYTES) throw new ClientHelloError(`ClientHello of ${length} bytes is too long`);
  const body = message.subarray(MESSAGE_HEADER_BYTES, MESSAGE_HEADER_BYTES + length);
  return body.length < length ? undefined : parseBody(new ByteReader(body, "ClientHello"));
}

/** Joins what the handshake records at the front hold; the last one may be incomplete. */
function collectRecords(bytes: Buffer): Buffer {
  const fragments: Buffer[] = [];
  let at = 0;
  let collected = 0;
  while (at < bytes.length && collected < MESSAGE_HEADER_BYTES + MAX_CLIENT_HELLO_BYTES) {
    if (bytes[at] !== HANDSHAKE_RECORD) {
      if (messageIsComplete(fragments)) break;
      throw new ClientHelloError(`Record is of type ${bytes[at]}, not 22 (handshake)`);
    }
    if (bytes.length - at < RECORD_HEADER_BYTES) break;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) throw new ClientHelloError("Handshake record is empty");
    const fragment = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    fragments.push(fragment);
    collected += fragment.length;
    at += RECORD_HEADER_BYTES + length;
  }
  return Buffer.concat(fragments);
}

/** A TLS 1.3 client may send other records (early data) right behind a whole ClientHello. */
function messageIsComplete(fragments: Buffer[]): boolean {
  const message = Buffer.concat(fragments);
  return message.length >= MESSAGE_HEADER_BYTES && message.length >= MESSAGE_HEADER_BYTES + message.readUIntBE(1, 3);
}

function parseBody(body: ByteReader): ClientHello {
  const version = body.number(2);
  const random = body.take(RANDOM_BYTES);
  body.vector(1, "Session id");
  const cipherSuites = body.vector(2, "List of cipher suites").numbers(2);
  const compressionMethods = body.vector(1, "List of compression methods").numbers(1);
  if (cipherSuites.length === 0) throw new ClientHelloError("ClientHello offers no cipher suite");
  if (compressionMethods.length === 0) throw new ClientHelloError("ClientHello offers no compression method");
  const extensions = readExtensions(body);
  const list = (type: number, lengthBytes: number): number[] => readNumbers(extensions.get(type), lengthBytes);
  return {
    version,
    random,
    cipherSuites,
    compressionMethods,
    extensions: [...extensions.keys()],
    serverName: readServerName(extensions.get(EXTENSION.serverName)),
    supportedGroups: list(EXTENSION.groups, 2),
    signatureAlgorithms: list(EXTENSION.signatureAlgorithms, 2),
    supportedVersions: list(EXTENSION.versions, 1),
    sessionTicket: extensions.has(EXTENSION.sessionTicket),
  };
}

function readExtensions(body: ByteReader): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  // Before TLS 1.2 extensions could be left out altogether.
  if (body.left === 0) return extensions;
  const list = body.vector(2, "List of extensions");
  body.end();
  while (list.left > 0) {
    const type = list.number(2);
    if (extensions.has(type)) throw new ClientHelloError(`Extension ${type} was sent twice`);
    extensions.set(type, list.take(list.number(2)));
  }
  return extensions;
}

function readNumbers(extension: Buffer | undefined, lengthBytes: number): number[] {
  if (extension === undefined) return [];
  const reader = new ByteReader(extension, "Extension");
  const numbers = reader.vector(lengthBytes, "List in an extension").numbers(2);
  reader.end();
  return numbers;
}

function readServerName(extension: Buffer | undefined): string | undefined {
  if (extension === undefined) return undefined;
  const list = new ByteReader(extension, "Extension server_name").vector(2, "List of server names");
  const type = list.number(1);
  if (type !== HOST_NAME) throw new ClientHelloError(`Server name is of type ${type}, not 0 (host_name)`);
  const name = list.take(list.number(2));
  if (name.length === 0) throw new ClientHelloError("Server name is empty");
  return name.toString("latin1");
}
