const HEADER_BYTES = 5;
const FIRST_CONTENT_TYPE = 20;
const LAST_CONTENT_TYPE = 23;
const ALERT_CONTENT_TYPE = 21;
const TLS_MAJOR_VERSION = 3;
const FATAL_LEVEL = 2;

/**
 * Follows the TLS records of one direction (RFC 5246, 6.2.1) and remembers what Node's own events do not tell apart:
 * whether an alert came, whether it could be read as fatal, and whether the bytes are TLS at all. Up to TLS 1.2 the
 * content type stands in the clear.
 */
export class RecordScanner {
  #header: number[] = [];
  #remaining = 0;
  #type = 0;
  #length = 0;
  #body: number[] = [];
  /** The last complete record was an alert. */
  endedWithAlert = false;
  /** An alert in the clear said "fatal". Encrypted alerts cannot be read. */
  sawFatalAlert = false;
  /** A record header was none; nothing is followed from there on. */
  isGarbage = false;

  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length && !this.isGarbage) {
      offset = this.#remaining > 0 ? this.#skipBody(bytes, offset) : this.#readHeader(bytes, offset);
    }
  }

  #readHeader(bytes: Uint8Array, offset: number): number {
    this.#header.push(bytes[offset] ?? 0);
    if (this.#header.length === HEADER_BYTES) this.#startRecord();
    return offset + 1;
  }

  #startRecord(): void {
    const [type = 0, major = 0, , high = 0, low = 0] = this.#header;
    this.#header = [];
    this.#body = [];
    this.isGarbage = type < FIRST_CONTENT_TYPE || type > LAST_CONTENT_TYPE || major !== TLS_MAJOR_VERSION;
    this.#type = type;
    this.#length = high * 256 + low;
    this.#remaining = this.#length;
  }

  #skipBody(bytes: Uint8Array, offset: number): number {
    const count = Math.min(this.#remaining, bytes.length - offset);
    if (this.#type === ALERT_CONTENT_TYPE) this.#body.push(...bytes.subarray(offset, offset + count));
    this.#remaining -= count;
    if (this.#remaining === 0) this.#endRecord();
    return offset + count;
  }

  #endRecord(): void {
    this.endedWithAlert = this.#type === ALERT_CONTENT_TYPE;
    const isReadable = this.#length === 2;
    if (this.endedWithAlert && isReadable && this.#body[0] === FATAL_LEVEL) this.sawFatalAlert = true;
  }
}
