// What the firmware of each board brings to a TLS handshake. The virtual board offers the same (scripts/board/node-engine/network-host).
import { constants } from "node:crypto";
import type { ConnectionOptions, SecureVersion } from "node:tls";

export type BoardName = "ESP32" | "ESP32C3" | "ESP32S3" | "PICO";

/** A firmware's ClientHello, in OpenSSL's names and the firmware's order. */
export interface TlsOffer {
  minVersion: SecureVersion;
  maxVersion: SecureVersion;
  suites: string[];
  curves: string[];
  signatureAlgorithms: string[];
}

export interface Board {
  name: BoardName;
  /** For people. */
  title: string;
  library: string;
  offer: TlsOffer;
  /** What stock firmware asks for instead of the host's name; `false`: nothing. */
  stockServerName: string | false;
  /** Why this project does not run on it; undefined: it does. */
  obstacle?: string;
  heap: BoardHeap;
}

/** In bytes, for one connection with an RSA-2048 certificate directly under its root. */
export interface BoardHeap {
  /** Free for TLS while a program runs, Bluetooth off. */
  free: number;
  verified: number;
  mutual: number;
  hasBluetooth: boolean;
  /** Where the figures come from. */
  basis: string;
}

/**
 * Measured: the ClientHello of mbedTLS 2.28.3 built with the options of the firmware's own settings (targets/esp32/IDF4/sdkconfig, 2v29). Static
 * ECDH is left out, which OpenSSL does not know and nobody's certificate is for.
 */
const SUITES = `
ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-CCM DHE-RSA-AES256-CCM
ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 DHE-RSA-AES256-SHA256 ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA DHE-RSA-AES256-SHA
ECDHE-ECDSA-AES256-CCM8 DHE-RSA-AES256-CCM8
ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-CCM DHE-RSA-AES128-CCM
ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 DHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA DHE-RSA-AES128-SHA
ECDHE-ECDSA-AES128-CCM8 DHE-RSA-AES128-CCM8
AES256-GCM-SHA384 AES256-CCM AES256-SHA256 AES256-SHA AES256-CCM8 AES128-GCM-SHA256 AES128-CCM AES128-SHA256 AES128-SHA AES128-CCM8`;

/** Measured as above. */
const CURVES = `
secp521r1 brainpoolP512r1 secp384r1 brainpoolP384r1 prime256v1 secp256k1 brainpoolP256r1 secp224r1 secp224k1 prime192v1 secp192k1`;
/** At the end of mbedTLS 2.28's list; mbedTLS 2.16 has the curve and does not offer it (source). */
const X25519 = "X25519";
/** Measured as above: no RSA-PSS, no Ed25519, no SHA-1 (which builds with other options may add). */
const SIGNATURE_ALGORITHMS = "ECDSA+SHA512 RSA+SHA512 ECDSA+SHA384 RSA+SHA384 ECDSA+SHA256 RSA+SHA256 ECDSA+SHA224 RSA+SHA224";

/** The name that stock firmware sends to every server (libs/network/network.c, 2v29). */
export const STOCK_SERVER_NAME = "mbed TLS Server 1";

const MODERN: TlsOffer = {
  minVersion: "TLSv1",
  maxVersion: "TLSv1.2",
  suites: words(SUITES),
  curves: [...words(CURVES), X25519],
  signatureAlgorithms: words(SIGNATURE_ALGORITHMS),
};

/** By the version of mbedTLS. */
export const OFFERS = {
  "2.28": MODERN,
  "2.16": { ...MODERN, curves: words(CURVES) },
  /**
   * The interpreter's own copy, as the Linux build has it (measured; its CCM suites vary with the build). No elliptic curves at all, and
   * TLS 1.2 alone.
   */
  "2.1.1": {
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.2",
    suites: words(`DHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-SHA256 DHE-RSA-AES256-SHA DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-SHA256 DHE-RSA-AES128-SHA
      AES256-GCM-SHA384 AES256-SHA256 AES256-SHA AES128-GCM-SHA256 AES128-SHA256 AES128-SHA`),
    curves: [],
    signatureAlgorithms: words("RSA+SHA512 RSA+SHA384 RSA+SHA256 RSA+SHA224 RSA+SHA1"),
  },
} as const satisfies Record<string, TlsOffer>;

export type OfferName = keyof typeof OFFERS;

/** Smallest heap with which a connection was seen to work, in steps of 1,000, on the interpreter for Linux. */
const SMALL_BUFFERS = { verified: 33_000, mutual: 41_000, basis: "measured with mbedTLS 2.28 and buffers of 16 KB in and 4 KB out; not on a chip" };
const LARGE_BUFFERS = { verified: 44_000, mutual: 54_000, basis: "measured with mbedTLS 2.1.1 and buffers of 16 KB each way; not on a chip" };

export const BOARDS: Record<BoardName, Board> = {
  ESP32: {
    name: "ESP32",
    title: "an ESP32",
    library: "mbedTLS 2.16 of ESP-IDF 3.3",
    offer: OFFERS["2.16"],
    stockServerName: STOCK_SERVER_NAME,
    // ESP_HEAP_SIZE in targets/esp32/main.c; its settings have buffers of 16 KB each way.
    heap: { ...LARGE_BUFFERS, free: 40_000, hasBluetooth: true },
  },
  ESP32C3: {
    name: "ESP32C3",
    title: "an ESP32-C3",
    library: "mbedTLS 2.28 of ESP-IDF 4.4",
    offer: OFFERS["2.28"],
    stockServerName: STOCK_SERVER_NAME,
    // boards/ESP32C3_IDF4.py: "enough for HTTPS".
    heap: { ...SMALL_BUFFERS, free: 70_000, hasBluetooth: true },
  },
  ESP32S3: {
    name: "ESP32S3",
    title: "an ESP32-S3",
    library: "mbedTLS 2.28 of ESP-IDF 4.4",
    offer: OFFERS["2.28"],
    stockServerName: STOCK_SERVER_NAME,
    // boards/ESP32S3_IDF4.py has no figure of its own.
    heap: { ...SMALL_BUFFERS, free: 40_000, hasBluetooth: true },
  },
  PICO: {
    name: "PICO",
    title: "an Espruino Pico",
    library: "the interpreter's own mbedTLS 2.1.1, without SHA-384 and SHA-512",
    // boards/PICO_R1_3.py and libs/crypto/mbedtls/config.h, which leave SHA-512 out; never measured on one.
    offer: withoutLongHashes(OFFERS["2.1.1"]),
    stockServerName: false,
    obstacle: "An Espruino Pico has no WiFi of its own, and this project does not know where its TLS library keeps its state: it never ran on one. " +
      "(A Raspberry Pi Pico's firmware has neither network nor TLS.)",
    // 5,100 variables of 16 bytes hold everything, TLS included.
    heap: { ...LARGE_BUFFERS, free: 81_600, hasBluetooth: false },
  },
};

/** What node:tls has to be told to offer the same. */
export function tlsOptions({ minVersion, maxVersion, suites, curves, signatureAlgorithms }: TlsOffer): ConnectionOptions {
  return {
    minVersion,
    maxVersion,
    // Level 0: TLS 1.0 and 1.1, and keys that OpenSSL finds too short by itself, are for the verdict to judge.
    ciphers: [...suites, "@SECLEVEL=0"].join(":"),
    ...(curves.length > 0 ? { ecdhCurve: curves.join(":") } : {}),
    sigalgs: signatureAlgorithms.join(":"),
    // mbedTLS talks to servers without secure renegotiation.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
}

function withoutLongHashes(offer: TlsOffer): TlsOffer {
  const isShort = (name: string): boolean => !/SHA(384|512)$/.test(name);
  return { ...offer, suites: offer.suites.filter(isShort), signatureAlgorithms: offer.signatureAlgorithms.filter(isShort) };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
