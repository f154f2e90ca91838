// Pauses between attempts: exponential backoff with full jitter, so that boards that failed together do not come back together.
import { randomBytes } from "./random";

/** @internal */
export interface Backoff {
  firstMs: number;
  longestMs: number;
  /** Of a generator of our own: the firmware's Math.random starts from the same constant at every boot (2v29). */
  randomState: number;
}

// 1 << 31 is negative. By then the longest pause has long been reached.
const MOST_DOUBLINGS = 30;

/**
 * Starts a backoff: the first pause has at most `firstMs`, each further one twice that, up to `longestMs`. Draws its random seed now, so it is
 * not to be called while a TLS connection is open. Raises E_RANDOM (modules/random.ts).
 */
export function createBackoff(firstMs: number, longestMs: number): Backoff {
  const seed = randomBytes(4);
  const randomState = seed.charCodeAt(0) | (seed.charCodeAt(1) << 8) | (seed.charCodeAt(2) << 16) | (seed.charCodeAt(3) << 24);
  return { firstMs, longestMs, randomState: randomState || 1 };
}

// Marsaglia's xorshift with 32 bits: shifts stay integers, which a product would not.
function random(backoff: Backoff): number {
  let state = backoff.randomState;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  backoff.randomState = state;
  return (state & 0x7fffffff) / 0x80000000;
}

/** The pause in ms after so many failures (from 1): random, from 0 to the longest that this failure may have. */
export function pauseMs(backoff: Backoff, failures: number): number {
  const fullMs = backoff.firstMs * (1 << Math.min(failures - 1, MOST_DOUBLINGS));
  return Math.round(random(backoff) * Math.min(fullMs, backoff.longestMs));
}
