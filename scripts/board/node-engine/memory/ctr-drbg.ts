import { createCipheriv } from "node:crypto";

const BLOCK_BYTES = 16;
const KEY_BYTES = 32;
const SEED_BYTES = KEY_BYTES + BLOCK_BYTES;
/** What the firmware passes as personalisation (network.c). */
const PERSONALISATION = Buffer.from("ssl_client1");
const BYTES_PER_RANDOM = 4;

/** Key and counter of CTR_DRBG with AES-256 (NIST SP 800-90A, 10.2.1). */
export interface DrbgState {
  key: Uint8Array;
  counter: Uint8Array;
}

/** mbedtls_ctr_drbg_seed with the firmware's ssl_entropy. `random` gives 32 bits at each call. */
export function seedGenerator(random: () => number): DrbgState {
  const entropy = Buffer.alloc(SEED_BYTES);
  for (let at = 0; at < SEED_BYTES; at += BYTES_PER_RANDOM) entropy.writeUInt32LE(random() >>> 0, at);
  const seed = deriveSeed(Buffer.concat([entropy, PERSONALISATION]));
  return update({ key: Buffer.alloc(KEY_BYTES), counter: Buffer.alloc(BLOCK_BYTES) }, seed);
}

/** Block_Cipher_df (10.3.2). */
function deriveSeed(input: Buffer): Buffer {
  const initialKey = Buffer.from(Array.from({ length: KEY_BYTES }, (_each, i) => i));
  const message = paddedMessage(input);
  const blocks = [0, 1, 2].map((index) => chainedHash(initialKey, index, message));
  const material = Buffer.concat(blocks);
  let block: Buffer = material.subarray(KEY_BYTES);
  const output: Buffer[] = [];
  for (let i = 0; i < SEED_BYTES / BLOCK_BYTES; i++) {
    block = encrypt(material.subarray(0, KEY_BYTES), block);
    output.push(block);
  }
  return Buffer.concat(output);
}

function paddedMessage(input: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(input.length);
  head.writeUInt32BE(SEED_BYTES, 4);
  const message = Buffer.concat([head, input, Buffer.of(0x80)]);
  return Buffer.concat([message, Buffer.alloc(-message.length & (BLOCK_BYTES - 1))]);
}

/** BCC (10.3.3), with a block in front that holds `index`. */
function chainedHash(key: Buffer, index: number, message: Buffer): Buffer {
  const front = Buffer.alloc(BLOCK_BYTES);
  front.writeUInt32BE(index);
  const blocks = Buffer.concat([front, message]);
  let chain: Buffer = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0; at < blocks.length; at += BLOCK_BYTES) {
    chain = encrypt(key, xor(chain, blocks.subarray(at, at + BLOCK_BYTES)));
  }
  return chain;
}

/** CTR_DRBG_Update (10.2.1.2). */
function update({ key, counter }: DrbgState, seed: Buffer): DrbgState {
  const next = Buffer.from(counter);
  const blocks = [0, 1, 2].map(() => encrypt(key, increment(next)));
  const output = xor(Buffer.concat(blocks), seed);
  return { key: output.subarray(0, KEY_BYTES), counter: output.subarray(KEY_BYTES) };
}

function increment(counter: Buffer): Buffer {
  for (let i = counter.length - 1; i >= 0; i--) {
    counter[i] = (counter[i]! + 1) & 0xff;
    if (counter[i] !== 0) break;
  }
  return counter;
}

function encrypt(key: Uint8Array, block: Uint8Array): Buffer {
  return createCipheriv("aes-256-ecb", key, null).update(block);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]!));
}
