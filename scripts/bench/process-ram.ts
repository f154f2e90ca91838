/** A 32-bit interpreter's numbers are signed: what lies above is out of reach for its peek and poke. */
const HIGHEST_ADDRESS = 0x80000000;

/**
 * The memory below 2 GB that a process can write to: first address and the one after the last, range after range, neighbours joined.
 * (Not ramOfProcess() of the virtual board: valgrind, in which the interpreter runs, has memory of its own above.)
 * @param maps text of /proc/PID/maps, which is in order
 */
export function writableRam(maps: string): number[] {
  const ranges = [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)].map(([, start, end]) => [parseInt(start!, 16), parseInt(end!, 16)] as const);
  const joined: number[] = [];
  for (const [start, end] of ranges.filter(([, end]) => end <= HIGHEST_ADDRESS)) {
    if (joined.at(-1) === start) joined.pop();
    else joined.push(start);
    joined.push(end);
  }
  return joined;
}
