/** The part of a terminal's stream that is needed. */
export interface LiveStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** A line that stays below what is written, on a terminal; elsewhere there is none. */
export class LiveLine {
  #stream: LiveStream;
  #text = "";

  constructor(stream: LiveStream = process.stdout) {
    this.#stream = stream;
  }

  /** Writes whole lines above it. */
  write(lines: string): void {
    this.#stream.write(this.#erased() + lines + this.#shown());
  }

  /** Puts another text in its place; an empty one takes it away. */
  set(text: string): void {
    const erased = this.#erased();
    this.#text = text;
    this.#stream.write(erased + this.#shown());
  }

  #erased(): string {
    return this.#shown() === "" ? "" : "\r\x1b[K";
  }

  /** One line only: a longer one could not be erased. */
  #shown(): string {
    return this.#stream.isTTY ? this.#text.slice(0, (this.#stream.columns ?? 80) - 1) : "";
  }
}
