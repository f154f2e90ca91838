/** When the power goes: inside the operation on flash that exceeds one of the two counts. */
export interface PowerCut {
  /** So many operations are finished; the next is not. An operation is one write, one erased page, or one step of Storage. */
  operations?: number;
  /** So many bytes are written or erased. */
  bytes?: number;
  /** Chooses how far the unfinished operation came (with `operations`), and what an unfinished byte or page holds. Default 1. */
  seed?: number;
}

/** The power of a board, as its flash sees it: there, or gone in the middle of an operation. */
export class PowerSupply {
  #operations = Infinity;
  #bytes = Infinity;
  #state = 1;
  /** Called when the flash is left as it then is. Must not return. */
  onCut: () => never = () => {
    throw new Error("The power was cut");
  };

  /** Counts from now on; undefined: the power stays. */
  cutAfter({ operations = Infinity, bytes = Infinity, seed = 1 }: PowerCut = {}): void {
    this.#operations = operations;
    this.#bytes = bytes;
    this.#state = Math.imul(seed, 0x9e3779b1) | 1;
  }

  /**
   * Takes the power for an operation on so many bytes.
   * @returns how many of them are done when the power goes; undefined when it stays
   */
  draw(bytes: number): number | undefined {
    if (this.#operations-- <= 0) return this.random(bytes + 1);
    this.#bytes -= bytes;
    return this.#bytes < 0 ? this.#bytes + bytes : undefined;
  }

  /** A number below `limit`, by the seed (xorshift32). */
  random(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}
