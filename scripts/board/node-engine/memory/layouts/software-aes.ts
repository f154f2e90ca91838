import type { GeneratorLayout } from "./layout.ts";

/** mbedtls_ctr_drbg_context with mbedTLS's own AES: 320 bytes, the same from 2.1 to 2.28. */
export const SOFTWARE_AES_GENERATOR: GeneratorLayout = {
  offset: 8,
  reseedCounter: 16,
  entropyBytes: 24,
  reseedInterval: 28,
  aes: { kind: "software", rounds: 32, pointer: 36, roundKeys: 40 },
  entropyFunction: 312,
};
