// TLS requests one after the other: a board's heap holds one TLS connection, and with two open ones the firmware can crash
// (2v29: a socket call inside a data event).

interface Line {
  waiting: (() => void)[];
  isTaken?: boolean;
}

const line: Line = { waiting: [] };

/** Calls back when it is this caller's turn, at once when nobody else has it; never synchronously. */
export function takeTurn(start: () => void): void {
  if (line.isTaken) {
    line.waiting.push(start);
  } else {
    line.isTaken = true;
    setTimeout(start, 0);
  }
}

/** Ends a turn that was taken; the next in line gets it. */
export function endTurn(): void {
  const next = line.waiting.shift();
  if (next) setTimeout(next, 0);
  else line.isTaken = false;
}
