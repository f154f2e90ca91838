/** Bits of a packet's length field that say how long its data is. */
export const PACKET_SIZE_MASK = 0x1fff;

/** Collects the bytes of one packet after DLE SOH: two bytes of type and length, then the data. */
export class PacketReader {
  readonly #onPacket: (flags: number, data: string) => void;
  #bytes: string | undefined;

  constructor(onPacket: (flags: number, data: string) => void) {
    this.#onPacket = onPacket;
  }

  get isReading(): boolean {
    return this.#bytes !== undefined;
  }

  start(): void {
    this.#bytes = "";
  }

  abandon(): void {
    this.#bytes = undefined;
  }

  take(byte: string): void {
    this.#bytes += byte;
    const bytes = this.#bytes!;
    if (bytes.length < 2) return;
    const flags = (bytes.charCodeAt(0) << 8) | bytes.charCodeAt(1);
    if (bytes.length < 2 + (flags & PACKET_SIZE_MASK)) return;
    this.#bytes = undefined;
    this.#onPacket(flags, bytes.slice(2));
  }
}
