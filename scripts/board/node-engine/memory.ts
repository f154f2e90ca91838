import { randomBytes } from "node:crypto";

/** The chip's address space as `peek` and `poke` see it. One object, so that a fake RAM can take its place. */
export interface Memory {
  /**
   * Reads 1, 2 or 4 bytes, little-endian.
   * @returns undefined when there is nothing at the address: the chip crashes
   */
  peek(address: number, bytes: number): number | undefined;
  /** Writes 1, 2 or 4 bytes. Returns false when there is nothing at the address. */
  poke(address: number, value: number, bytes: number): boolean;
}

/** WDEV_RND_REG of an ESP32: 32 bits from the radio's noise at each read. */
const RANDOM_REGISTER = 0x3ff75144;
const WORD_BYTES = 4;

/** An address space that holds nothing but the random register. */
export function createBareMemory(): Memory {
  return {
    peek: (address, bytes) => {
      const offset = address - RANDOM_REGISTER;
      if (offset < 0 || offset + bytes > WORD_BYTES) return undefined;
      return randomBytes(WORD_BYTES).readUIntLE(0, bytes);
    },
    poke: () => false,
  };
}
