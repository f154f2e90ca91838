import { toByteString } from "../firmware/byte-string.ts";

/**
 * A string that lies in RAM in one piece. To the program it has a length and characters; `E.toArrayBuffer` gives its
 * bytes themselves and `E.getAddressOf` says where they are.
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

  charCodeAt(index: number): number {
    return new Uint8Array(this.buffer)[index] ?? Number.NaN;
  }

  toString(): string {
    return toByteString(new Uint8Array(this.buffer));
  }
}
