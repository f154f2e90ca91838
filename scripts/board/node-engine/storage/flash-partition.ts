import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FlashChip } from "./flash-chip.ts";
import type { PowerSupply } from "./power-supply.ts";

/** The partition that an ESP32's firmware leaves to programs (partitions_espruino.csv). */
export const PARTITION_START = 0x310000;
export const PARTITION_BYTES = 64 * 1024;
export const PAGE_BYTES = 4096;
const FILE_NAME = "partition.bin";
const ERASED = 0xff;

/**
 * The 64 KB beside Storage. Whatever is written is in the file at once, so that it survives the end of the process at any moment.
 * @throws Error when the file has another length
 */
export function openPartition(folder: string, power: PowerSupply): FlashChip {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE_NAME);
  const chip = new FlashChip(readOrMake(path), PAGE_BYTES, power);
  chip.onChange = (offset, length) => writePart(path, chip.bytes, offset, length);
  return chip;
}

function readOrMake(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    bytes = Buffer.alloc(PARTITION_BYTES, ERASED);
    writeFileSync(path, bytes);
  }
  if (bytes.length === PARTITION_BYTES) return bytes;
  throw new Error(`${path} has ${bytes.length} bytes and should have ${PARTITION_BYTES}: remove it or name another folder`);
}

// Opened anew each time: a thread that is ended from outside closes nothing.
function writePart(path: string, bytes: Buffer, offset: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, offset, length, offset);
  closeSync(file);
}
