// Stops asking a server that fails again and again, for its sake and for the battery's.
//
//   closed --so many failures in a row--> open --its rest is over--> half-open: one trial --success--> closed
//                                          ^------------------failure, twice the rest------------'

/** @internal */
export interface Breaker {
  mostFailures: number;
  firstRestMs: number;
  longestRestMs: number;
  /** In a row. */
  failures: number;
  /** How long it is open for; 0: it is closed. */
  restMs: number;
  openedAtS: number;
  isTrying: boolean;
}

// How long a trial may take, nobody knows: who is refused for it may ask again soon.
const TRIAL_MS = 1000;

/**
 * Makes a closed breaker, which opens after `mostFailures` in a row for `firstRestMs`, and for twice as long, up to `longestRestMs`, each
 * time the trial fails. A rest of 0 never opens it.
 */
export function createBreaker(mostFailures: number, firstRestMs: number, longestRestMs: number): Breaker {
  return { mostFailures, firstRestMs, longestRestMs, failures: 0, restMs: 0, openedAtS: 0, isTrying: false };
}

/** For how many ms from now it refuses; 0: a request may pass. (A clock that was set back ends a rest, not prolongs it.) */
export function refusedForMs(breaker: Breaker): number {
  const sinceMs = (getTime() - breaker.openedAtS) * 1000;
  if (breaker.isTrying) return TRIAL_MS;
  return sinceMs < 0 ? 0 : Math.max(breaker.restMs - sinceMs, 0);
}

/** To be called for what passes: whether it is the trial. */
export function enterBreaker(breaker: Breaker): boolean {
  breaker.isTrying = breaker.restMs > 0;
  return breaker.isTrying;
}

function open(breaker: Breaker, restMs: number): void {
  breaker.restMs = restMs;
  breaker.openedAtS = getTime();
}

/**
 * Tells how what has passed ended; `isFailure` undefined: it says nothing about the server. Any success closes the breaker. (While it
 * is open, failures of requests that were under way change nothing.)
 */
export function tellBreaker(breaker: Breaker, isTrial: boolean, isFailure: boolean | undefined): void {
  const isOpen = breaker.restMs > 0;
  if (isTrial || isFailure === false) breaker.isTrying = false;
  if (isFailure === undefined) return;
  breaker.failures = isFailure ? breaker.failures + 1 : 0;
  if (!isFailure) breaker.restMs = 0;
  else if (isOpen && isTrial) open(breaker, Math.max(breaker.restMs, Math.min(breaker.restMs * 2, breaker.longestRestMs)));
  else if (!isOpen && breaker.failures >= breaker.mostFailures) open(breaker, breaker.firstRestMs);
}

/** Its state for people: "closed", "open" or "half-open". */
export function breakerState(breaker: Breaker): string {
  if (breaker.restMs === 0) return "closed";
  return breaker.isTrying || refusedForMs(breaker) === 0 ? "half-open" : "open";
}
