import type { Socket } from "node:net";

/** The peer sent less than was asked for. `partial` is what did arrive. */
export class ReadError extends Error {
  override name = "ReadError";
  readonly reason: "timeout" | "closed" | "limit";
  readonly partial: Buffer;

  constructor(reason: "timeout" | "closed" | "limit", partial: Buffer) {
    super(`Cannot read on: ${reason} after ${partial.length} bytes`);
    this.reason = reason;
    this.partial = partial;
  }
}

/** Reads a socket's bytes in the order sent, in the portions asked for, each with its own deadline. */
export class SocketReader {
  private buffered = Buffer.alloc(0);
  private closed = false;
  private wake = (): void => undefined;

  /** @param socket takes over its "data" event; errors are treated as a close */
  constructor(socket: Socket) {
    const onClosed = (): void => {
      this.closed = true;
      this.wake();
    };
    socket.on("data", (chunk: Buffer) => {
      this.buffered = Buffer.concat([this.buffered, chunk]);
      this.wake();
    });
    socket.on("end", onClosed).on("error", onClosed).on("close", onClosed);
  }

  /** Number of bytes that have arrived and were not yet taken. */
  get waiting(): number {
    return this.buffered.length;
  }

  /** Waits for the next byte without taking it; false if none comes within timeoutMs or the peer ends first. */
  arrives(timeoutMs: number): Promise<boolean> {
    return this.waitFor(timeoutMs, () => (this.buffered.length > 0 ? 1 : undefined)).then(() => true, () => false);
  }

  /**
   * Takes everything up to and including the first empty line, whether CRLF or a bare LF ends its lines.
   *
   * @throws ReadError "timeout" after timeoutMs, "closed" if the peer ends first, "limit" if no empty line comes within
   * limitBytes
   */
  async takeThroughEmptyLine(limitBytes: number, timeoutMs: number): Promise<Buffer> {
    const length = await this.waitFor(timeoutMs, () => {
      const found = /\n\r?\n/.exec(this.buffered.subarray(0, limitBytes).toString("latin1"));
      if (found) return found.index + found[0].length;
      return this.buffered.length >= limitBytes ? "limit" : undefined;
    });
    return this.take(length);
  }

  /**
   * Takes exactly `count` bytes.
   *
   * @throws ReadError "timeout" after timeoutMs, "closed" if the peer ends first
   */
  async takeExactly(count: number, timeoutMs: number): Promise<Buffer> {
    return this.take(await this.waitFor(timeoutMs, () => (this.buffered.length >= count ? count : undefined)));
  }

  private take(count: number): Buffer {
    const taken = this.buffered.subarray(0, count);
    this.buffered = this.buffered.subarray(count);
    return taken;
  }

  private waitFor(timeoutMs: number, check: () => number | "limit" | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle("timeout"), timeoutMs).unref();
      const settle = (outcome: number | "limit" | "timeout" | "closed"): void => {
        clearTimeout(timer);
        this.wake = () => undefined;
        if (typeof outcome === "number") resolve(outcome);
        else reject(new ReadError(outcome, this.buffered));
      };
      this.wake = () => {
        const outcome = check() ?? (this.closed ? "closed" : undefined);
        if (outcome !== undefined) settle(outcome);
      };
      this.wake();
    });
  }
}
