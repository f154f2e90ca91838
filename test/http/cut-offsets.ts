// Where to cut a byte string in two.

// Up to here every offset is tried: the cost is the square of the length.
const EXHAUSTIVE_BYTES = 2048;

// Beyond it: around line ends and the ends of the string, where states change ...
const BOUNDARY_REACH = 3;

// ... and a sample in between, where the parser is in the middle of one thing. A prime keeps step with no structure.
const SAMPLE_STRIDE = 101;

/** Gives the offsets (0 to length, both included) at which to cut `bytes`; `alsoNear` adds places that matter. */
export function cutOffsets(bytes: string, alsoNear: readonly number[] = []): number[] {
  const every = Array.from({ length: bytes.length + 1 }, (_, offset) => offset);
  if (bytes.length <= EXHAUSTIVE_BYTES) return every;
  const near = boundaryOffsets(bytes, alsoNear);
  return every.filter((offset) => offset % SAMPLE_STRIDE === 0 || near.has(offset));
}

function boundaryOffsets(bytes: string, alsoNear: readonly number[]): Set<number> {
  const centres = [0, bytes.length, ...alsoNear, ...[...bytes.matchAll(/[\r\n:]/g)].map((match) => match.index)];
  const near = new Set<number>();
  for (const centre of centres) {
    for (let reach = -BOUNDARY_REACH; reach <= BOUNDARY_REACH; reach++) near.add(centre + reach);
  }
  return near;
}
