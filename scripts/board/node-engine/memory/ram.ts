import { Panic } from "../firmware/panic.ts";
import type { AddressRange } from "./chips.ts";

const WORD_BYTES = 4;

/** Thrown where the firmware's own code follows a pointer out of RAM. */
export class AccessFault extends Panic {
  constructor(access: "load" | "store", address: number) {
    super(`${access} at 0x${address.toString(16)}`);
    this.access = access;
    this.address = address;
  }
}

/** Part of the RAM whose bytes belong to a buffer of the program. */
interface Window {
  start: number;
  bytes: Uint8Array;
}

/**
 * The board's RAM. A flat string that the program can hold as an ArrayBuffer lies in it as a window: the same bytes are
 * reached by address and through the buffer.
 */
export class Ram {
  readonly range: AddressRange;
  readonly #bytes: Uint8Array;
  #windows: Window[] = [];

  constructor(range: AddressRange) {
    this.range = range;
    this.#bytes = new Uint8Array(range.end - range.start);
  }

  /** Makes `buffer` the bytes from `start` on. */
  attach(start: number, buffer: ArrayBuffer): void {
    this.#windows.push({ start, bytes: new Uint8Array(buffer) });
  }

  /** Takes the window away again; what it held stays readable, as it does on a board. */
  detach(start: number): void {
    const window = this.#windows.find((each) => each.start === start);
    if (window === undefined) return;
    this.#windows = this.#windows.filter((each) => each !== window);
    this.#bytes.set(window.bytes, start - this.range.start);
  }

  /** What a power-up leaves. */
  clear(): void {
    this.#windows = [];
    this.#bytes.fill(0);
  }

  contains(address: number, length: number): boolean {
    return address >= this.range.start && address + length <= this.range.end;
  }

  /** @throws AccessFault outside RAM */
  byte(address: number): number {
    if (!this.contains(address, 1)) throw new AccessFault("load", address);
    const window = this.#windowAt(address);
    return (window ? window.bytes[address - window.start] : this.#bytes[address - this.range.start]) ?? 0;
  }

  /** @throws AccessFault outside RAM */
  setByte(address: number, value: number): void {
    if (!this.contains(address, 1)) throw new AccessFault("store", address);
    const window = this.#windowAt(address);
    if (window) window.bytes[address - window.start] = value;
    else this.#bytes[address - this.range.start] = value;
  }

  /** An unsigned word, little-endian. @throws AccessFault outside RAM */
  word(address: number): number {
    return Buffer.from(this.read(address, WORD_BYTES)).readUInt32LE();
  }

  /** Writes a word, little-endian. @throws AccessFault outside RAM */
  setWord(address: number, value: number): void {
    for (let i = 0; i < WORD_BYTES; i++) this.setByte(address + i, (value >>> (8 * i)) & 0xff);
  }

  /** A copy. @throws AccessFault when a byte is outside RAM */
  read(address: number, length: number): Uint8Array {
    if (!this.contains(address, length)) throw new AccessFault("load", address);
    const offset = address - this.range.start;
    if (!this.#touchesWindow(address, length)) return this.#bytes.slice(offset, offset + length);
    return Uint8Array.from({ length }, (_each, i) => this.byte(address + i));
  }

  /** @throws AccessFault when a byte is outside RAM */
  write(address: number, bytes: Uint8Array): void {
    if (!this.contains(address, bytes.length)) throw new AccessFault("store", address);
    if (this.#touchesWindow(address, bytes.length)) bytes.forEach((byte, i) => this.setByte(address + i, byte));
    else this.#bytes.set(bytes, address - this.range.start);
  }

  /** @throws AccessFault when a byte is outside RAM */
  fill(address: number, length: number, value: number): void {
    if (!this.contains(address, length)) throw new AccessFault("store", address);
    this.write(address, new Uint8Array(length).fill(value));
  }

  /** The bytes before the next NUL. @throws AccessFault when none comes before the end of RAM */
  cString(address: number): string {
    let end = address;
    while (this.byte(end) !== 0) end++;
    return Buffer.from(this.read(address, end - address)).toString("latin1");
  }

  #touchesWindow(address: number, length: number): boolean {
    return this.#windows.some(({ start, bytes }) => address < start + bytes.length && address + length > start);
  }

  #windowAt(address: number): Window | undefined {
    return this.#windows.find(({ start, bytes }) => address >= start && address < start + bytes.length);
  }
}
