/** How often all is gone through again, because what could not be left out before may be now. */
const MOST_ROUNDS = 10;

/** Leaves out of an input that fails whatever it fails without: halves first, single bytes last. */
export function shrink(input: string, fails: (candidate: string) => boolean): string {
  let shortest = input;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = shortest;
    for (let size = shortest.length >> 1; size >= 1; size >>= 1) shortest = withoutPieces(shortest, size, fails);
    if (shortest.length === before.length) break;
  }
  return shortest;
}

function withoutPieces(input: string, size: number, fails: (candidate: string) => boolean): string {
  let text = input;
  for (let at = 0; at < text.length;) {
    const candidate = text.slice(0, at) + text.slice(at + size);
    if (fails(candidate)) text = candidate;
    else at += size;
  }
  return text;
}
