// The fourth layout: Espressif's hardware AES, worked out from the headers (no interpreter that has it was at hand).
import { readFirmwareHeap, stateWord, type FirmwareHeap } from "./firmware-fixture.ts";

/** Where the software AES context begins; Espressif's is shorter by this, and all that follows moves up. */
const AES_OFFSET = 40;
const SOFTWARE_AES_END = 320;
const SHORTER_BYTES = 244;
const KEY_LENGTH = 0x20;

/** Some versions keep one more byte before the key. */
export type KeyOffset = 41 | 42;

/**
 * The heap of mbedTLS 2.28.8 before the handshake, rearranged as an ESP32-C3 or S3 would have it.
 * @param keyOffset where the key begins in the state
 */
export function hardwareAesHeap(keyOffset: KeyOffset): FirmwareHeap {
  const heap = readFirmwareHeap("2.28.8", "before");
  const start = heap.state.address - heap.heapStart;
  const old = Buffer.from(heap.bytes.subarray(start, start + heap.state.length));
  const length = old.length - SHORTER_BYTES;
  const state = Buffer.concat([old.subarray(0, AES_OFFSET), aesContext(old, keyOffset), old.subarray(SOFTWARE_AES_END)]);
  heap.bytes.fill(0, start, start + old.length);
  relocate(state, heap.state.address, old.length).copy(heap.bytes, start);
  return { ...heap, name: `hardware AES with the key at ${keyOffset}`, state: { address: heap.state.address, length } };
}

function aesContext(old: Buffer, keyOffset: KeyOffset): Buffer {
  const context = Buffer.alloc(SOFTWARE_AES_END - SHORTER_BYTES - AES_OFFSET);
  context[0] = KEY_LENGTH;
  old.copy(context, keyOffset - AES_OFFSET, 48, 48 + KEY_LENGTH);
  return context;
}

// Pointers into the state move with what they point to.
function relocate(state: Buffer, address: number, oldLength: number): Buffer {
  for (let offset = SOFTWARE_AES_END - SHORTER_BYTES; offset < state.length; offset += 4) {
    const target = state.readUInt32LE(offset) - address;
    if (target >= SOFTWARE_AES_END && target < oldLength) state.writeUInt32LE(address + target - SHORTER_BYTES, offset);
  }
  return state;
}

/** Whether a heap's generator has Espressif's AES context. */
export function hasHardwareAes(heap: FirmwareHeap): boolean {
  return (stateWord(heap, AES_OFFSET) & 0xff) === KEY_LENGTH;
}
