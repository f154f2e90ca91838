// Which bytes of a heap differ, as ranges of addresses.

export interface Range {
  start: number;
  end: number;
  what: string;
}

/** Addresses of all bytes that differ between two states of a heap that starts at `heapStart`. */
export function changedAddresses(before: Buffer, after: Buffer, heapStart: number): number[] {
  const addresses: number[] = [];
  for (let i = 0; i < before.length; i++) {
    if (before[i] !== after[i]) addresses.push(heapStart + i);
  }
  return addresses;
}

/** The addresses that are in none of the ranges. */
export function outside(ranges: Range[], addresses: number[]): number[] {
  return addresses.filter((address) => !ranges.some(({ start, end }) => address >= start && address < end));
}

/** The ranges in which not one of the addresses is. */
export function untouched(ranges: Range[], addresses: number[]): string[] {
  return ranges.filter(({ start, end }) => !addresses.some((address) => address >= start && address < end)).map(({ what }) => what);
}
