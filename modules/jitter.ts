// Chance in pauses, so that many boards that failed together do not try again together. The firmware's Math.random starts from the same
// constant at every boot (2v29): the seed comes from the chip.
import { randomBytes } from "./random";

interface Jitter {
  state: number;
}

const jitter: Jitter = { state: 0 };

// xorshift32; a board without a source of randomness has its clock.
function next(): number {
  if (!jitter.state) {
    try {
      jitter.state = new Uint32Array(E.toArrayBuffer(randomBytes(4)))[0]! | 1;
    } catch (reason) {
      jitter.state = (getTime() * 1000) | 1;
    }
  }
  jitter.state ^= jitter.state << 13;
  jitter.state ^= jitter.state >>> 17;
  jitter.state ^= jitter.state << 5;
  return (jitter.state >>> 0) / 4294967296;
}

/** A pause in whole milliseconds between half of `longestMs` and the whole. The first call is not to be made while TLS is open. */
export function jitteredMs(longestMs: number): number {
  return Math.round(longestMs * (0.5 + next() / 2));
}

/** A pause in whole milliseconds between none and `longestMs`: full jitter. The first call is not to be made while TLS is open. */
export function fullJitterMs(longestMs: number): number {
  return Math.round(longestMs * next());
}
