import type { Chip } from "./memory/chips.ts";

/** The chip's address space as `peek`, `poke` and `E.memoryArea` see it. */
export interface Memory {
  readonly chip: Chip;
  /** Bytes of the C heap that are free. */
  readonly freeHeapBytes: number;
  /**
   * Reads 1, 2 or 4 bytes, little-endian.
   * @returns undefined when there is nothing at the address: the chip crashes
   */
  peek(address: number, bytes: number): number | undefined;
  /** Writes 1, 2 or 4 bytes. Returns false when there is nothing at the address. */
  poke(address: number, value: number, bytes: number): boolean;
}
