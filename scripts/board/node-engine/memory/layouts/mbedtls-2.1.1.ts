import { ESP32 } from "../chips.ts";
import { CERTIFICATE_2_1 } from "./certificate-2.1.ts";
import type { TlsLayout } from "./layout.ts";
import { SOFTWARE_AES_GENERATOR } from "./software-aes.ts";

/** The library bundled with Espruino, as built for Linux. */
export const MBEDTLS_2_1_1: TlsLayout = {
  name: "2.1.1",
  chip: ESP32,
  bytes: 1256,
  generator: SOFTWARE_AES_GENERATOR,
  ownKey: 328,
  ownCertificate: 336,
  caCertificate: 648,
  certificate: CERTIFICATE_2_1,
  context: {
    offset: 960,
    state: 4,
    majorVersion: 8,
    minorVersion: 12,
    send: 16,
    receive: 20,
    io: 28,
    sessionIn: 32,
    sessionOut: 36,
    session: 40,
    sessionNegotiate: 44,
    handshake: 48,
    transformIn: 52,
    transformOut: 56,
    transform: 60,
    transformNegotiate: 64,
    inBuffer: 80,
    outBuffer: 132,
    hostName: 172,
    secureRenegotiation: 176,
    verifyDataLength: undefined,
  },
  configuration: {
    offset: 1140,
    versions: 108,
    endpoint: { offset: 112, shift: 0, mask: 3 },
    verification: { offset: 112, shift: 2, mask: 3 },
    generator: 28,
    keyCertificate: 56,
    caChain: 60,
    functions: [16, 24],
    tables: [0, 4, 8, 12, 52, 68, 72],
    constants: [
      [104, 0x400],
      [108, 0x01030303],
    ],
  },
  session: { suite: 0, masterSecret: 44, peerCertificate: 92 },
  blocks: { handshake: 1584, transform: 208, session: 100, inBuffer: 16717, outBuffer: 16717 },
  sendsVerifyAlert: false,
  checksExtendedKeyUsage: false,
  freesCaChain: false,
};
