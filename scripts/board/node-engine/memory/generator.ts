import { createCipheriv, createHash } from "node:crypto";
import { expandKey } from "./aes-key-schedule.ts";
import { seedGenerator } from "./ctr-drbg.ts";
import type { GeneratorLayout } from "./layouts/layout.ts";
import type { Structure } from "./structure.ts";

const COUNTER_BYTES = 16;
const KEY_BYTES = 32;
/** Of what the key expands to, so much is used. */
const ROUND_KEY_BYTES = 240;
/** AES-256 has 14 rounds. */
const ROUNDS = 14;
const ENTROPY_BYTES = 48;
const RESEED_INTERVAL = 10_000;
const CALLS_IN_A_HANDSHAKE = 7;

/** mbedtls_ctr_drbg_seed: seeds from the interpreter's `rand()`, as the firmware does. */
export function startGenerator(structure: Structure, layout: GeneratorLayout, random: () => number): void {
  const generator = structure.part(layout.offset);
  const { key, counter } = seedGenerator(random);
  generator.write(0, counter);
  generator.setWord(layout.reseedCounter, 1);
  generator.setWord(layout.entropyBytes, ENTROPY_BYTES);
  generator.setWord(layout.reseedInterval, RESEED_INTERVAL);
  if (layout.aes.kind === "software") {
    generator.setWord(layout.aes.rounds, ROUNDS);
    generator.setWord(layout.aes.pointer, generator.address + layout.aes.roundKeys);
  } else generator.setByte(layout.aes.keyBytes, KEY_BYTES);
  writeKey(generator, layout, key);
}

/** Counter and key as they are: what the next handshake's randomness comes from. */
export function generatorBytes(structure: Structure, layout: GeneratorLayout): Uint8Array {
  const generator = structure.part(layout.offset);
  const { aes } = layout;
  const [at, bytes] = aes.kind === "software" ? [aes.roundKeys, ROUND_KEY_BYTES] : [aes.key, KEY_BYTES];
  return Buffer.concat([generator.read(0, COUNTER_BYTES), generator.read(at, bytes)]);
}

/**
 * What a handshake leaves. The generator takes its next key from its own output; a hash stands in for that, because
 * node:crypto cannot run AES on round keys that no key expands to.
 */
export function advanceGenerator(structure: Structure, layout: GeneratorLayout): void {
  const generator = structure.part(layout.offset);
  const key = createHash("sha256").update(generatorBytes(structure, layout)).digest();
  const cipher = createCipheriv("aes-256-ecb", key, null);
  generator.write(0, cipher.update(generator.read(0, COUNTER_BYTES)));
  writeKey(generator, layout, key);
  generator.setWord(layout.reseedCounter, generator.word(layout.reseedCounter) + CALLS_IN_A_HANDSHAKE);
}

function writeKey(generator: Structure, { aes }: GeneratorLayout, key: Uint8Array): void {
  if (aes.kind === "software") generator.write(aes.roundKeys, expandKey(key));
  else generator.write(aes.key, key);
}
