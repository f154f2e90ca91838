// What is left of a request on a board, seen from inside: the firmware's own lists.

declare const global: any;

export interface BoardState {
  timers: number;
  /** Client and server sockets in the firmware's lists; -1 where they cannot be seen. */
  sockets: number;
  tlsStates: number;
  hasUncaughtListener: boolean;
  usedBlocks: number;
}

function socketCount(hidden: any): number {
  let count = 0;
  for (const name of ["HttpCC", "HttpS", "HttpSC"]) {
    if (hidden[name]) count += Object.keys(hidden[name]).length;
  }
  return count;
}

/** Reads the lists. `usedBlocks` is after a garbage collection. */
export function boardState(): BoardState {
  const hidden = global["\xff"];
  return {
    timers: Object.keys(hidden.timers || []).length,
    sockets: socketCount(hidden),
    tlsStates: typeof ssl === "undefined" ? 0 : Object.keys(ssl!).length,
    hasUncaughtListener: process["#onuncaughtException"] !== undefined,
    usedBlocks: process.memory().usage,
  };
}
