// Gives the connection's random generator (CTR_DRBG with AES-256) real entropy. The firmware seeds it from a generator that
// starts from the same constant at every boot (2v29), which makes the keys of a connection guessable.
import type { Layout } from "./layout";

// Byte offsets in the structure: counter, software round keys, and the key of Espressif's hardware AES, whose first byte is at 41
// or 42 by version; 30 bytes from 42 on are right for both.
const COUNTER_WORD = 2;
const ROUND_KEYS_WORD = 12;
const HARDWARE_KEY = 42;
const HARDWARE_KEY_BYTES = 30;
const GENERATOR_END = 288;

/**
 * Replaces counter and keys by hashes of one secret, a hash of what they were and of fresh randomness, so that they cannot be worse than before.
 * @param state the structure as bytes, and `words` on it
 * @param seed 128 random bytes
 */
export function reseed(state: string, words: Uint32Array, layout: Layout, seed: string): void {
  const sha256 = require("crypto").SHA256;
  const secret = E.toString(sha256(seed + state.substr(8, GENERATOR_END)));
  words.set(new Uint32Array(sha256("c" + secret), 0, 4), COUNTER_WORD);
  if (!layout.isSoftwareAes) {
    new Uint8Array(words.buffer).set(new Uint8Array(sha256("k" + secret), 0, HARDWARE_KEY_BYTES), HARDWARE_KEY);
    return;
  }
  for (let i = 0; i < 7; i++) words.set(new Uint32Array(sha256(i + secret)), ROUND_KEYS_WORD + 8 * i);
  words.set(new Uint32Array(sha256(7 + secret), 0, 4), ROUND_KEYS_WORD + 56);
}
