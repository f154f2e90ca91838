// TLS connections one after the other: a board's heap holds one, and with two open ones the firmware can crash (2v29: a socket
// call inside a data event).

/** @internal */
export interface Turn {
  /** Undefined once it has come, or was given up. */
  onTurn: (() => void) | undefined;
}

interface Line {
  now?: Turn | undefined;
  waiting: Turn[];
}

const line: Line = { waiting: [] };

function begin(turn: Turn): void {
  const onTurn = turn.onTurn;
  turn.onTurn = undefined;
  if (onTurn) onTurn();
}

/** Calls back when it is this caller's turn, at once when nobody else has it, or when it `mayOverlap` with others'; never synchronously. */
export function takeTurn(onTurn: () => void, mayOverlap?: boolean): Turn {
  const turn: Turn = { onTurn };
  if (!mayOverlap && line.now) {
    line.waiting.push(turn);
    return turn;
  }
  if (!mayOverlap) line.now = turn;
  setTimeout(begin, 0, turn);
  return turn;
}

/** Ends a turn, or gives it up before it has come; the next in line gets it. */
export function endTurn(turn: Turn): void {
  turn.onTurn = undefined;
  if (line.now === turn) {
    line.now = line.waiting.shift();
    if (line.now) setTimeout(begin, 0, line.now);
  } else {
    line.waiting = line.waiting.filter((other) => other !== turn);
  }
}
