import type { Structure } from "./structure.ts";
import type { TlsImage } from "./tls-image.ts";

/** The server name the stock firmware sends, whatever the host is. */
export const STOCK_SERVER_NAME = "mbed TLS Server 1";

const CODE_STEP = 0x124;
const TABLE_STEP = 0x40;
/** Where functions and tables of the TLS library lie in flash, from the start of code and constants. */
const LIBRARY_OFFSET = 0x8000;
/** Counter 8, record header: type and version 3, length 2. */
const BUFFER_PARTS = [0, 0, 8, 11, 13, 13];
/** mbedtls_ssl_key_cert: certificate, key, next. */
export const KEY_CERTIFICATE_BYTES = 12;

/** mbedtls_ssl_config_defaults and the mbedtls_ssl_conf_... calls of network.c. @throws OutOfHeap */
export function writeConfiguration(image: TlsImage): void {
  const { configuration, memory, structure } = image;
  const { layout } = memory;
  const { functions, tables, constants, caChain, generator } = layout.configuration;
  for (const [offset, value] of constants) configuration.setWord(offset, value);
  functions.forEach((offset, i) => configuration.setWord(offset, functionAddress(image, i)));
  tables.forEach((offset, i) => configuration.setWord(offset, tableAddress(image, i)));
  configuration.setWord(caChain, image.caCertificate.address);
  configuration.setWord(generator, structure.address + layout.generator.offset);
  const entropyFunction = layout.generator.offset + layout.generator.entropyFunction;
  structure.setWord(entropyFunction, functionAddress(image, functions.length));
  if (image.key) writeKeyCertificate(image);
}

/** mbedtls_ssl_conf_own_cert. */
function writeKeyCertificate(image: TlsImage): void {
  const address = image.allocate(KEY_CERTIFICATE_BYTES, "certificate and key pair");
  const pair = image.structure.part(address - image.structure.address);
  pair.setWords(0, [image.ownCertificate.address, image.ownKey.address, 0]);
  image.configuration.setWord(image.memory.layout.configuration.keyCertificate, address);
}

/** mbedtls_ssl_setup, mbedtls_ssl_set_hostname and mbedtls_ssl_set_bio. @throws OutOfHeap */
export function writeContext(image: TlsImage): void {
  const { context, memory } = image;
  const { context: at, blocks } = memory.layout;
  context.setWord(0, image.configuration.address);
  writeRecordBuffer(context, at.inBuffer, image.allocate(blocks.inBuffer, "input buffer"));
  writeRecordBuffer(context, at.outBuffer, image.allocate(blocks.outBuffer, "output buffer"));
  context.setWord(at.handshake, image.allocate(blocks.handshake, "handshake parameters"));
  context.setWord(at.transformNegotiate, image.allocate(blocks.transform, "keys in negotiation"));
  context.setWord(at.sessionNegotiate, image.allocate(blocks.session, "session in negotiation"));
  const name = Buffer.from(`${STOCK_SERVER_NAME}\0`, "latin1");
  context.setWord(at.hostName, memory.heap.store(name, image.describe("host name"), image.socket));
  context.setWord(at.send, functionAddress(image, FUNCTIONS_OF_NETWORK));
  context.setWord(at.receive, functionAddress(image, FUNCTIONS_OF_NETWORK + 1));
  context.setWord(at.io, image.structure.address);
}

/** ssl_send and ssl_recv come after the few functions of the configuration. */
const FUNCTIONS_OF_NETWORK = 8;

/** Buffer, counter, header, length, vector, message. The input has a seventh, its read offset, which starts as 0. */
function writeRecordBuffer(context: Structure, offset: number, buffer: number): void {
  context.setWords(offset, BUFFER_PARTS.map((part) => buffer + part));
}

function functionAddress(image: TlsImage, index: number): number {
  return image.memory.layout.chip.code + LIBRARY_OFFSET + index * CODE_STEP;
}

function tableAddress(image: TlsImage, index: number): number {
  return image.memory.layout.chip.constants + LIBRARY_OFFSET + index * TABLE_STEP;
}
