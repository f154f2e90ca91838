/** What servers send is cut anywhere, and so is this: into single bytes, segments, whole TLS records. */
const USUAL_SIZES = [1_460, 1, 4_096, 17, 512, 16_384, 3, 1_024];

/** Cuts bytes into pieces of these sizes in turn, wherever the source's own pieces end; lazily. */
export function* inVariedPieces(source: Iterable<Buffer>, sizes: readonly number[] = USUAL_SIZES): Iterable<Buffer> {
  let pending = Buffer.alloc(0);
  let turn = 0;
  const nextSize = (): number => sizes[turn % sizes.length]!;
  for (const bytes of source) {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= nextSize()) {
      const size = nextSize();
      turn++;
      yield pending.subarray(0, size);
      pending = pending.subarray(size);
    }
  }
  if (pending.length > 0) yield pending;
}
