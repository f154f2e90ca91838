import { toByteString } from "../firmware/byte-string.ts";

/**
 * A string that lies in RAM in one piece. To the program it has a length and characters, as they are at the moment;
 * `E.toArrayBuffer` gives its bytes themselves and `E.getAddressOf` says where they are.
 */
export class FlatString {
  readonly address: number;
  /** Belongs to the program's realm. */
  readonly buffer: ArrayBuffer;
  readonly length: number;

  constructor(address: number, buffer: ArrayBuffer) {
    this.address = address;
    this.buffer = buffer;
    this.length = buffer.byteLength;
  }

  charAt(index: number): string {
    return this.toString().charAt(index);
  }

  charCodeAt(index: number): number {
    return new Uint8Array(this.buffer)[index] ?? Number.NaN;
  }

  indexOf(text: string, start?: number): number {
    return this.toString().indexOf(text, start);
  }

  slice(start: number, end?: number): string {
    return this.toString().slice(start, end);
  }

  substr(start: number, length?: number): string {
    return this.toString().slice(start, length === undefined ? undefined : start + length);
  }

  substring(start: number, end?: number): string {
    return this.toString().substring(start, end);
  }

  toString(): string {
    return toByteString(new Uint8Array(this.buffer));
  }
}
