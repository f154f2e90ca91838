const SEED_W = 0xdeadbeef;
const SEED_Z = 0xcafebabe;
const MAX = 0x7fffffff;

/** The firmware's random numbers: the same ones after each power-up (src/jsutils.c). */
export class Random {
  #w = SEED_W;
  #z = SEED_Z;

  seed(seed: number): void {
    const bits = seed >>> 0;
    this.#w = ((bits & 0xffff) | (bits << 16)) >>> 0;
    this.#z = ((bits & 0xffff0000) | (bits >>> 16)) >>> 0;
  }

  /** What a power-up does. */
  restart(): void {
    this.#w = SEED_W;
    this.#z = SEED_Z;
  }

  /** 31 bits. */
  next(): number {
    this.#z = (Math.imul(36969, this.#z & 0xffff) + (this.#z >>> 16)) >>> 0;
    this.#w = (Math.imul(18000, this.#w & 0xffff) + (this.#w >>> 16)) >>> 0;
    return (((this.#z << 16) >>> 0) + this.#w) & MAX;
  }

  /** From 0 to below 1. */
  fraction(): number {
    return this.next() / (MAX + 1);
  }
}
