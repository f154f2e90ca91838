// Ways to spoil the TLS state, always the same ones for a seed.
import type { BoardMemory } from "./board-memory.ts";

export type Random = () => number;

/** Numbers from 0 up to 1 from a 32-bit seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from 0 up to `limit`, without it. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)]!;
}

const EDGE_VALUES = [0, 1, 3, 4, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

/** What a spoilt word may become: more often than chance what takes a recogniser far. */
function spoiltWord(random: Random, memory: BoardMemory, words: Uint32Array, index: number): number {
  const inHeap = memory.start + below(random, memory.end - memory.start);
  return pick(random, [
    () => below(random, 2 ** 32),
    () => pick(random, EDGE_VALUES),
    () => words[index]! ^ (1 << below(random, 32)),
    () => inHeap,
    () => inHeap & ~3,
    () => memory.end - below(random, 40),
    () => memory.start - below(random, 8),
    () => memory.stateAddress + 4 * below(random, words.length),
    () => memory.stateAddress + below(random, 4 * words.length),
    () => words[below(random, words.length)]!,
  ])();
}

/** Spoils one to four words of the state; half of the time among `favourites` (offsets of words that matter). */
export function spoil(random: Random, memory: BoardMemory, favourites: number[]): void {
  const words = new Uint32Array(memory.state.buffer);
  for (let left = 1 + below(random, 4); left > 0; left--) {
    const index = random() < 0.5 ? below(random, words.length) : pick(random, favourites) / 4;
    words[index] = spoiltWord(random, memory, words, index);
  }
}
