import { ESP32C3 } from "../chips.ts";
import type { TlsLayout } from "./layout.ts";
import { MBEDTLS_2_28_8 } from "./mbedtls-2.28.8.ts";

/** The generator is shorter by this: Espressif's AES context holds the key alone. */
const SHORTER_BYTES = 244;

/**
 * mbedTLS 2.28 with Espressif's hardware AES and dynamic buffers, as ESP-IDF 4 is set up for a C3. Worked out from the
 * headers, not seen in a running interpreter. The session begins with a time there (MBEDTLS_HAVE_TIME).
 */
export const HARDWARE_AES: TlsLayout = {
  ...MBEDTLS_2_28_8,
  name: "hardware-aes",
  chip: ESP32C3,
  bytes: MBEDTLS_2_28_8.bytes - SHORTER_BYTES,
  generator: {
    ...MBEDTLS_2_28_8.generator,
    aes: { kind: "hardware", keyBytes: 32, key: 34 },
    entropyFunction: 68,
  },
  ownKey: 84,
  ownCertificate: 92,
  caCertificate: 436,
  context: { ...MBEDTLS_2_28_8.context, offset: 780 },
  configuration: { ...MBEDTLS_2_28_8.configuration, offset: 1020 },
  session: { suite: 8, masterSecret: 52, peerCertificate: 100 },
  blocks: { ...MBEDTLS_2_28_8.blocks, session: 132, inBuffer: 40, outBuffer: 40 },
  freesCaChain: true,
};
