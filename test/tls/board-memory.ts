// A board's RAM as the program reaches it: whatever lies outside it reboots the board, which here is an exception.
import type { FirmwareHeap } from "./firmware-fixture.ts";

/** A read or write that would reboot a board. */
export class MemoryFault extends Error {
  constructor(access: string, address: number, length: number) {
    super(`Board would reboot: ${access} of ${length} bytes at 0x${address.toString(16)}`);
  }
}

export interface MemoryWrite {
  address: number;
  length: number;
}

/**
 * The RAM of one heap. The TLS state lies in it as a window: reached by address and through its ArrayBuffer, as the firmware's flat
 * strings are.
 */
export class BoardMemory {
  readonly start: number;
  readonly stateAddress: number;
  /** The bytes of the TLS state, live. */
  readonly state: Uint8Array;
  /** What was written by address, in order. */
  writes: MemoryWrite[] = [];
  /** Accesses outside the RAM; kept because the code under test might catch the exception. */
  faults: MemoryFault[] = [];
  readonly #heap: Buffer;

  constructor({ heapStart, state, bytes }: FirmwareHeap) {
    const offset = state.address - heapStart;
    this.start = heapStart;
    this.stateAddress = state.address;
    this.#heap = Buffer.from(bytes);
    this.state = new Uint8Array(bytes.subarray(offset, offset + state.length));
  }

  get end(): number {
    return this.start + this.#heap.length;
  }

  /** All bytes as they are now. */
  snapshot(): Buffer {
    const bytes = Buffer.from(this.#heap);
    bytes.set(this.state, this.stateAddress - this.start);
    return bytes;
  }

  /** @throws MemoryFault outside RAM */
  read(address: number, length: number): Buffer {
    this.#check("read", address, length);
    const bytes = Buffer.from(this.#heap.subarray(address - this.start, address - this.start + length));
    const overlap = Math.max(address, this.stateAddress);
    const overlapEnd = Math.min(address + length, this.stateAddress + this.state.length);
    if (overlap < overlapEnd) bytes.set(this.state.subarray(overlap - this.stateAddress, overlapEnd - this.stateAddress), overlap - address);
    return bytes;
  }

  /** @throws MemoryFault outside RAM */
  write(address: number, bytes: Uint8Array): void {
    this.#check("write", address, bytes.length);
    this.writes.push({ address, length: bytes.length });
    bytes.forEach((byte, i) => {
      const inState = address + i - this.stateAddress;
      if (inState >= 0 && inState < this.state.length) this.state[inState] = byte;
      else this.#heap[address + i - this.start] = byte;
    });
  }

  #check(access: string, address: number, length: number): void {
    if (Number.isInteger(address) && length >= 0 && address >= this.start && address + length <= this.end) return;
    const fault = new MemoryFault(access, address, length);
    this.faults.push(fault);
    throw fault;
  }
}
