import type { BoardMemory } from "./board-memory.ts";

const WORD_BYTES = 4;

/** A C structure in RAM, read and written by offset. Every access may raise AccessFault. */
export class Structure {
  readonly memory: BoardMemory;
  readonly address: number;

  constructor(memory: BoardMemory, address: number) {
    this.memory = memory;
    this.address = address;
  }

  /** The structure that lies `offset` bytes into this one. */
  part(offset: number): Structure {
    return new Structure(this.memory, this.address + offset);
  }

  word(offset: number): number {
    return this.memory.ram.word(this.address + offset);
  }

  setWord(offset: number, value: number): void {
    this.memory.ram.setWord(this.address + offset, value);
  }

  byte(offset: number): number {
    return this.memory.ram.byte(this.address + offset);
  }

  setByte(offset: number, value: number): void {
    this.memory.ram.setByte(this.address + offset, value);
  }

  read(offset: number, length: number): Uint8Array {
    return this.memory.ram.read(this.address + offset, length);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.memory.ram.write(this.address + offset, bytes);
  }

  /** Words in a row. */
  setWords(offset: number, values: readonly number[]): void {
    values.forEach((value, i) => this.setWord(offset + i * WORD_BYTES, value));
  }

  clear(bytes: number): void {
    this.memory.ram.fill(this.address, bytes, 0);
  }
}
