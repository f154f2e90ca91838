/** Random numbers that are the same for the same seed, on every computer. */
export interface RandomSource {
  /** From 0 up to but without 1. */
  share(): number;
  /** From 0 up to but without `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
}

/** A source by the generator "mulberry32" of Tommy Ettinger: 32 bits of state, fast, good enough to find faults with. */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(share() * limit);
  return { share, below, pick: (list) => list[below(list.length)]! };
}
