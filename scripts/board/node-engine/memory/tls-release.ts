import { freeCertificates } from "./certificate-free.ts";
import { freeKey } from "./key-image.ts";
import { Structure } from "./structure.ts";
import type { TlsImage } from "./tls-image.ts";
import { KEY_CERTIFICATE_BYTES } from "./tls-setup.ts";

/**
 * ssl_freeSocketData of network.c: frees whatever the words of the structure point to, each by the word that owns it,
 * in mbedTLS's order. What is then left of the socket's blocks has lost its owner, and is reported.
 * @throws AccessFault where a word leads out of RAM
 */
export function releaseTls(image: TlsImage): void {
  freeContext(image);
  freeConfiguration(image);
  freeCertificates(image.ownCertificate, image.describe("own certificate"));
  freeCertificates(image.caCertificate, image.describe("CA"));
  freeKey(image.ownKey, image.describe("own key"));
  image.memory.releaseFlatString(image.flatString);
  image.memory.heap.reportLeaks(image.socket);
}

/** mbedtls_ssl_free. */
function freeContext(image: TlsImage): void {
  const { context, memory } = image;
  const { context: at, blocks, configuration } = memory.layout;
  freeBlock(image, context.word(at.outBuffer), blocks.outBuffer, "output buffer");
  freeBlock(image, context.word(at.inBuffer), blocks.inBuffer, "input buffer");
  freeBlock(image, context.word(at.transform), blocks.transform, "keys");
  if (context.word(at.handshake) !== 0) {
    freeSession(image, context.word(at.sessionNegotiate));
    freeBlock(image, context.word(at.handshake), blocks.handshake, "handshake parameters");
    freeBlock(image, context.word(at.transformNegotiate), blocks.transform, "keys in negotiation");
    freeBlock(image, context.word(at.sessionNegotiate), blocks.session, "session in negotiation");
  }
  const session = context.word(at.session);
  freeSession(image, session);
  freeBlock(image, session, blocks.session, "session");
  freeHostName(image, context.word(at.hostName));
  context.clear(configuration.offset - at.offset);
}

/** mbedtls_ssl_session_free. */
function freeSession(image: TlsImage, address: number): void {
  if (address === 0) return;
  const { memory } = image;
  const { session, blocks } = memory.layout;
  const peer = memory.ram.word(address + session.peerCertificate);
  if (peer !== 0) {
    const owner = image.describe("certificate of the peer");
    freeCertificates(new Structure(memory, peer), owner);
    memory.heap.free(peer, owner);
  }
  memory.heap.zeroize(address, blocks.session, image.describe("session"));
}

function freeHostName(image: TlsImage, address: number): void {
  if (address === 0) return;
  freeBlock(image, address, image.memory.ram.cString(address).length, "host name pointer");
}

/** mbedtls_ssl_config_free. */
function freeConfiguration(image: TlsImage): void {
  const { configuration, memory } = image;
  const { offset, keyCertificate } = memory.layout.configuration;
  freeBlock(image, configuration.word(keyCertificate), KEY_CERTIFICATE_BYTES, "certificate and key pair");
  configuration.clear(memory.layout.bytes - offset);
}

function freeBlock(image: TlsImage, address: number, bytes: number, what: string): void {
  if (address === 0) return;
  image.memory.heap.zeroize(address, bytes, image.describe(what));
  image.memory.heap.free(address, image.describe(what));
}
