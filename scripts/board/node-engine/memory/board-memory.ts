import { randomBytes } from "node:crypto";
import type { Memory } from "../memory.ts";
import type { Chip } from "./chips.ts";
import { Heap, type HeapFault } from "./heap.ts";
import { FlatString } from "./flat-string.ts";
import type { TlsLayout } from "./layouts/layout.ts";
import { AccessFault, Ram } from "./ram.ts";

const WORD_BYTES = 4;
/** The variable in front of a flat string's bytes. */
const VARIABLE_BYTES = 16;

/** RAM, C heap and flat strings of a board whose TLS library has a certain layout. */
export class BoardMemory implements Memory {
  readonly layout: TlsLayout;
  readonly ram: Ram;
  readonly heap: Heap;
  /** Called with every fault of the heap. */
  onFault: (fault: HeapFault) => void = () => {};
  readonly #variables: Heap;

  constructor(layout: TlsLayout) {
    const { ram, heap, variables } = layout.chip;
    this.layout = layout;
    this.ram = new Ram(ram);
    this.heap = new Heap(this.ram, heap, (fault) => this.onFault(fault));
    this.#variables = new Heap(this.ram, variables, (fault) => this.onFault(fault));
  }

  get chip(): Chip {
    return this.layout.chip;
  }

  get freeHeapBytes(): number {
    return this.heap.freeBytes;
  }

  peek(address: number, bytes: number): number | undefined {
    return this.#readRegister(address, bytes) ?? this.#access(() => this.#readInteger(address, bytes));
  }

  poke(address: number, value: number, bytes: number): boolean {
    const write = () => {
      for (let i = 0; i < bytes; i++) this.ram.setByte(address + i, (value >>> (8 * i)) & 0xff);
      return true;
    };
    return this.ram.contains(address, bytes) && this.#access(write) === true;
  }

  /** Makes a flat string of the size of `buffer`, with that buffer as its bytes. @throws OutOfHeap */
  createFlatString(buffer: ArrayBuffer, owner: string, group: number): FlatString {
    const address = this.#variables.allocate(buffer.byteLength + VARIABLE_BYTES, owner, group) + VARIABLE_BYTES;
    this.ram.attach(address, buffer);
    return new FlatString(address, buffer);
  }

  /** Nobody in the firmware refers to the string any more. The program's ArrayBuffer may live on. */
  releaseFlatString({ address }: FlatString): void {
    this.ram.detach(address);
    this.#variables.free(address - VARIABLE_BYTES, "the interpreter");
  }

  /** What a power-up leaves. */
  clear(): void {
    this.ram.clear();
    this.heap.clear();
    this.#variables.clear();
  }

  #readInteger(address: number, bytes: number): number {
    return Buffer.from(this.ram.read(address, bytes)).readUIntLE(0, bytes);
  }

  #readRegister(address: number, bytes: number): number | undefined {
    const offset = address - this.layout.chip.randomRegister;
    if (offset < 0 || offset + bytes > WORD_BYTES) return undefined;
    return randomBytes(WORD_BYTES).readUIntLE(offset, bytes);
  }

  #access<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (error instanceof AccessFault) return undefined;
      throw error;
    }
  }
}
