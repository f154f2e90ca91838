import { types } from "node:util";

const BYTES_IN_FIRST_BLOCK = 9;
const BYTES_PER_BLOCK = 10;
const NAME_BYTES = 4;
const SMALL_INT_LIMIT = 8192;
const FUNCTION_BLOCKS = 6;
const OBJECT_BLOCKS = 1;

/** How many 14-byte blocks of an ESP32's memory a value takes, by the rules measured there. An estimate. */
export function blocksOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value === "string") return stringBlocks(value.length);
  if (typeof value === "function") return FUNCTION_BLOCKS;
  if (typeof value !== "object" || value === null || seen.has(value)) return 1;
  seen.add(value);
  if (types.isAnyArrayBuffer(value)) return 1 + stringBlocks(value.byteLength);
  if (ArrayBuffer.isView(value)) return 1 + 1 + stringBlocks(value.byteLength);
  return Object.entries(value).reduce((sum, [name, each]) => sum + entryBlocks(value, name, each, seen), OBJECT_BLOCKS);
}

function stringBlocks(length: number): number {
  return 1 + Math.max(0, Math.ceil((length - BYTES_IN_FIRST_BLOCK) / BYTES_PER_BLOCK));
}

function entryBlocks(owner: object, name: string, value: unknown, seen: Set<unknown>): number {
  const longName = Math.max(0, Math.ceil((name.length - NAME_BYTES) / BYTES_PER_BLOCK));
  const nameBlocks = 1 + (Array.isArray(owner) ? 0 : longName);
  const isSmall = Number.isInteger(value) && Math.abs(value as number) < SMALL_INT_LIMIT;
  return nameBlocks + (isSmall || value === undefined ? 0 : blocksOf(value, seen));
}
