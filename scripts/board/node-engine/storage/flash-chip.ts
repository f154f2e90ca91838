import { PowerSupply } from "./power-supply.ts";

const ERASED = 0xff;
/** The firmware writes whole words (jshFlashWriteAligned). */
const WORD_BYTES = 4;

/**
 * A piece of NOR flash: erasing a page makes all its bits 1, writing only turns bits to 0. Power can go inside both. Then a write leaves
 * its first bytes and some of the next byte's bits; an erase leaves the first part of the page erased, or the last, or any bits at all.
 */
export class FlashChip {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  readonly #power: PowerSupply;
  /** Called after each change, before the power goes. */
  onChange: (offset: number, length: number) => void = () => {};

  constructor(bytes: Buffer, pageBytes: number, power = new PowerSupply()) {
    this.bytes = bytes;
    this.pageBytes = pageBytes;
    this.#power = power;
  }

  read(length: number, offset: number): Buffer {
    return Buffer.from(this.bytes.subarray(offset, offset + length));
  }

  /** Writes as the firmware does: up to the next word, the whole words, the rest. */
  write(data: Uint8Array, offset: number): void {
    const head = Math.min((WORD_BYTES - (offset % WORD_BYTES)) % WORD_BYTES, data.length);
    const body = head + (data.length - head) - ((data.length - head) % WORD_BYTES);
    for (const [from, to] of [[0, head], [head, body], [body, data.length]] as const) {
      if (to > from) this.#program(data.subarray(from, to), offset + from);
    }
  }

  erasePage(offset: number): void {
    const start = offset - (offset % this.pageBytes);
    const page = this.bytes.subarray(start, start + this.pageBytes);
    const done = this.#power.draw(page.length);
    if (done === undefined) page.fill(ERASED);
    else this.#eraseInPart(page, done);
    this.onChange(start, page.length);
    if (done !== undefined) this.#power.onCut();
  }

  #program(data: Uint8Array, offset: number): void {
    const done = this.#power.draw(data.length);
    data.subarray(0, done).forEach((byte, i) => (this.bytes[offset + i]! &= byte));
    if (done !== undefined && done < data.length) this.bytes[offset + done]! &= data[done]! | this.#power.random(256);
    this.onChange(offset, data.length);
    if (done !== undefined) this.#power.onCut();
  }

  #eraseInPart(page: Buffer, done: number): void {
    const way = this.#power.random(3);
    if (way === 0) page.fill(ERASED, 0, done);
    else if (way === 1) page.fill(ERASED, page.length - done);
    else page.forEach((byte, i) => (page[i] = (byte & this.#power.random(256)) | this.#power.random(256)));
  }
}
