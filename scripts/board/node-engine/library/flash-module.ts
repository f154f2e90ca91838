import type { Interpreter } from "../interpreter.ts";
import { PAGE_BYTES, PARTITION_BYTES, PARTITION_START } from "../storage/flash-partition.ts";
import { byteString } from "./byte-values.ts";

/** An ESP32's: what `getPage` knows (targets/esp32/jshardware.c). */
const FLASH_BYTES = 4 * 1024 * 1024;
/** What the firmware calls free. The first and the last area are not there on the virtual board. */
const FREE_AREAS = [
  { addr: 0xe000, length: 0x2000 },
  { addr: PARTITION_START, length: PARTITION_BYTES },
  { addr: 0x360000, length: 0xa0000 },
];
const ERASED = 0xff;

/** `require("Flash")` (src/jswrap_flash.c) of an ESP32, with the partition at 0x310000 behind it. The rest of the chip reads as erased. */
export function createFlashModule(interpreter: Interpreter): object {
  const { realm, partition } = interpreter;
  const module = realm.object();
  const offsetOf = (address: number, length: number) => {
    const offset = address - PARTITION_START;
    if (offset >= 0 && offset + length <= PARTITION_BYTES) return offset;
    throw realm.error("Error", `The virtual board has no flash to change at 0x${(address >>> 0).toString(16)}, only from 0x310000 to 0x31ffff`);
  };
  realm.defineNatives(module, {
    erasePage: (address: unknown) => {
      if (!Number.isInteger(address)) throw realm.error("Error", `Address should be an integer, got ${typeName(address)}`);
      partition.erasePage(offsetOf(address as number, 1));
    },
    getFree: () => realm.array(FREE_AREAS.map((area) => realm.object({ ...area }))),
    getPage: (address: unknown) => {
      const place = Number(address) >>> 0;
      return place < FLASH_BYTES ? realm.object({ addr: place - (place % PAGE_BYTES), length: PAGE_BYTES }) : undefined;
    },
    read: (length: unknown, address: unknown) => {
      const count = Number(length) | 0;
      const offset = (Number(address) | 0) - PARTITION_START;
      return count > 0 ? realm.bytes(Array.from({ length: count }, (_each, i) => partition.bytes[offset + i] ?? ERASED)) : undefined;
    },
    write: (data: unknown, address: unknown) => {
      if (data === undefined) throw realm.error("Error", "Data is not defined");
      if (data === null) throw realm.error("TypeError", "Expecting Number or iterable, got null");
      const bytes = Buffer.from(byteString(realm, data), "latin1");
      if (bytes.length > 0) partition.write(bytes, offsetOf(Number(address) | 0, bytes.length));
    },
  });
  return module;
}

function typeName(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
