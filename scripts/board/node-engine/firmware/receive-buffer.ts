const NOTHING = new Uint8Array(0);

/** Bytes that have arrived and were not read yet, in the pieces in which they came. */
export class ReceiveBuffer {
  readonly #chunks: Uint8Array[] = [];
  length = 0;

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /**
   * Takes at most `limit` bytes. `fromOneChunk`: never across two pieces, as mbedtls_ssl_read never reads across two
   * records.
   */
  take(limit: number, fromOneChunk: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = limit;
    while (missing > 0 && this.#chunks.length > 0 && !(fromOneChunk && parts.length > 0)) {
      const part = this.#takeFromFirst(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length > 1 ? Buffer.concat(parts) : (parts[0] ?? NOTHING);
  }

  #takeFromFirst(limit: number): Uint8Array {
    const first = this.#chunks.shift() ?? NOTHING;
    const part = first.subarray(0, limit);
    if (part.length < first.length) this.#chunks.unshift(first.subarray(limit));
    this.length -= part.length;
    return part;
  }
}
