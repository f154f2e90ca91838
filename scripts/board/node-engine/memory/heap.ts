import type { AddressRange } from "./chips.ts";
import { hexAddress } from "./chips.ts";
import type { Ram } from "./ram.ts";

const ALIGNMENT = 4;
/** The allocator's own header in front of each block (multi_heap.c). */
const HEADER_BYTES = 4;
/** Where the allocator keeps its list of free blocks: in the freed block itself. */
const FREE_LIST_BYTES = 8;
const FREE_LIST_MARK = 0xfe;

/** A block in use. */
export interface HeapBlock {
  address: number;
  bytes: number;
  /** What it holds, in words. */
  owner: string;
  /** Whose it is: the number of a socket. */
  group: number;
}

/** What someone did to the heap that a heap does not survive, or what was forgotten in it. */
export interface HeapFault {
  kind: "double free" | "foreign free" | "overrun" | "leak";
  address: number;
  /** What the block holds or held; empty for an address that never was a block. */
  owner: string;
  /** A sentence with all of it. */
  message: string;
}

/** Raised when no free stretch is long enough. */
export class OutOfHeap extends Error {}

/**
 * The C heap. It knows what each block is for, and reports what a real one answers with a crash somewhere else: a block
 * freed twice, a pointer freed that is no block, a write past a block's end, a block that nobody freed.
 */
export class Heap {
  readonly #ram: Ram;
  readonly #range: AddressRange;
  readonly #report: (fault: HeapFault) => void;
  /** In the order of their addresses. */
  #blocks: HeapBlock[] = [];
  /** What lay at an address before it was freed. */
  #freed = new Map<number, HeapBlock>();

  constructor(ram: Ram, range: AddressRange, report: (fault: HeapFault) => void) {
    this.#ram = ram;
    this.#range = range;
    this.#report = report;
  }

  get freeBytes(): number {
    const used = this.#blocks.reduce((sum, { bytes }) => sum + roundUp(bytes) + HEADER_BYTES, 0);
    return this.#range.end - this.#range.start - used;
  }

  /** The blocks of a group, or all. */
  blocks(group?: number): HeapBlock[] {
    return this.#blocks.filter((block) => group === undefined || block.group === group);
  }

  /** A block of zeros, as calloc gives it. @throws OutOfHeap */
  allocate(bytes: number, owner: string, group: number): number {
    const { address, index } = this.#findGap(bytes);
    this.#blocks.splice(index, 0, { address, bytes, owner, group });
    for (const old of [...this.#freed.keys()]) {
      if (old < address + bytes && old + (this.#freed.get(old)?.bytes ?? 0) > address) this.#freed.delete(old);
    }
    this.#ram.fill(address, bytes, 0);
    return address;
  }

  /** Allocates and fills. @throws OutOfHeap */
  store(bytes: Uint8Array, owner: string, group: number): number {
    const address = this.allocate(bytes.length, owner, group);
    this.#ram.write(address, bytes);
    return address;
  }

  /** `by` names the pointer that the address came from. A null pointer is freed without effect. */
  free(address: number, by: string): void {
    if (address === 0) return;
    const index = this.#blocks.findIndex((block) => block.address === address);
    const block = this.#blocks[index];
    if (block === undefined) return this.#reportBadFree(address, by);
    this.#blocks.splice(index, 1);
    this.#freed.set(address, block);
    this.#ram.fill(address, Math.min(block.bytes, FREE_LIST_BYTES), FREE_LIST_MARK);
  }

  /** Overwrites with zeros, as mbedTLS does before it frees. Past the end of a block it would hit the next one. */
  zeroize(address: number, bytes: number, by: string): void {
    // The free that follows reports it.
    if (this.#freed.has(address)) return;
    const block = this.#blockAt(address);
    const room = block === undefined ? 0 : block.address + block.bytes - address;
    if (bytes > room) {
      const where = block === undefined ? "which is no block" : `${room} bytes before the end of: ${block.owner}`;
      this.#fault("overrun", address, block?.owner ?? "", `${by} clears ${bytes} bytes at ${at(address)}, ${where}`);
    }
    this.#ram.fill(address, Math.min(bytes, room), 0);
  }

  /** Reports what is left of a group whose owner is gone, and gives it back. */
  reportLeaks(group: number): void {
    for (const { address, bytes, owner } of this.blocks(group)) {
      this.#fault("leak", address, owner, `${bytes} bytes at ${at(address)} were never freed: ${owner}`);
    }
    this.#blocks = this.#blocks.filter((block) => block.group !== group);
  }

  /** What a power-up leaves. */
  clear(): void {
    this.#blocks = [];
    this.#freed.clear();
  }

  #findGap(bytes: number): { address: number; index: number } {
    let address = this.#range.start + HEADER_BYTES;
    for (const [index, block] of this.#blocks.entries()) {
      if (address + roundUp(bytes) + HEADER_BYTES <= block.address) return { address, index };
      address = block.address + roundUp(block.bytes) + HEADER_BYTES;
    }
    if (address + bytes > this.#range.end) throw new OutOfHeap(`No ${bytes} bytes are free in one piece`);
    return { address, index: this.#blocks.length };
  }

  #blockAt(address: number): HeapBlock | undefined {
    return this.#blocks.find((block) => address >= block.address && address < block.address + block.bytes);
  }

  #reportBadFree(address: number, by: string): void {
    const before = this.#freed.get(address);
    if (before) {
      return this.#fault("double free", address, before.owner, `${by} frees ${at(address)} again: ${before.owner}`);
    }
    const around = this.#blockAt(address);
    const where = around === undefined ? "no block of the heap" : `inside a block: ${around.owner}`;
    this.#fault("foreign free", address, around?.owner ?? "", `${by} frees ${at(address)}, ${where}`);
  }

  #fault(kind: HeapFault["kind"], address: number, owner: string, what: string): void {
    this.#report({ kind, address, owner, message: `${kind}: ${what}` });
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function at(address: number): string {
  return `0x${hexAddress(address)}`;
}
