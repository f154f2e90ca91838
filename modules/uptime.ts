// How long the program has been running. The clock does not tell that: it jumps when it is set.

const loaded = { atS: getTime() };

/** Seconds since the program was loaded. */
export function uptimeS(): number {
  return getTime() - loaded.atS;
}

/** To be called by who has set the clock: it is `offsetS` seconds ahead of what it was. */
export function noteClockSet(offsetS: number): void {
  loaded.atS += offsetS;
}
