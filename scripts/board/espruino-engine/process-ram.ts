import { readFileSync } from "node:fs";

/** A 32-bit interpreter's numbers are signed: what lies above is out of reach for its peek and poke. */
const HIGHEST_ADDRESS = 0x80000000;

/**
 * Finds the memory that a 32-bit process can write to, which is where an interpreter keeps its variables and its TLS library's heap.
 * @param pid a running process
 * @returns first address and the one after the last, range after range; undefined for a 64-bit process, and where /proc is missing
 */
export function ramOfProcess(pid: number): number[] | undefined {
  const ranges = mappings(pid).filter(({ isWritable }) => isWritable);
  if (ranges.length === 0 || ranges.some(({ end }) => end > 2 ** 32)) return undefined;
  return ranges.filter(({ end }) => end <= HIGHEST_ADDRESS).flatMap(({ start, end }) => [start, end]);
}

interface Mapping {
  start: number;
  end: number;
  isWritable: boolean;
}

// proc(5): "55f0-55f8 rw-p ..."
function mappings(pid: number): Mapping[] {
  return readMaps(pid).split("\n").filter((line) => line !== "").map((line) => {
    const [range = "", permissions = ""] = line.split(" ");
    const [start = 0, end = 0] = range.split("-").map((address) => Number.parseInt(address, 16));
    return { start, end, isWritable: permissions.startsWith("rw") };
  });
}

function readMaps(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, "latin1");
  } catch {
    return "";
  }
}
