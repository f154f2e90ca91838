// Restarts a board whose program hangs. The chip's watchdog is kicked here, and only while each loop of the program has been heard of by
// the time it gave. A server or a network that is away makes no loop late: a restart for that would cost the clock and cure nothing.
// (The firmware's automatic mode kicks in each idle pass, also when all that a program waited for is lost, 2v29.)

// Above the longest that the firmware can block: a look-up and a connect to a dead host, some 20 s each, twice for a diagnosis.
const CHIP_S = 120;
const LOOK_MS = 10000;
// For what blocks between two signs, and for timers that are late on a busy board.
const GRACE_MS = 90000;

/** @internal */
interface Watched {
  /** By loop, what is left of the time until it must be heard of: in looks, since the clock may be set at any time. */
  leftMs: Record<string, number>;
  isBiting: boolean;
}

const watched: Watched = { leftMs: {}, isBiting: false };

function bite(loop: string): void {
  watched.isBiting = true;
  console.log("Watchdog: nothing heard of " + loop + ", the board restarts within " + CHIP_S + " s");
}

function look(): void {
  for (const loop in watched.leftMs) {
    watched.leftMs[loop]! -= LOOK_MS;
    if (watched.leftMs[loop]! < 0 && !watched.isBiting) bite(loop);
  }
  if (!watched.isBiting) E.kickWatchdog();
  setTimeout(look, LOOK_MS);
}

/** Begins to watch; from now on only the loops keep the board from restarting. Once. */
export function startWatchdog(): void {
  E.enableWatchdog(CHIP_S, false);
  look();
}

/** A loop says that it will be heard of again within so many milliseconds (and 90 s of grace); 0: it needs not be until it says so. */
export function expectSign(loop: string, withinMs: number): void {
  if (withinMs) watched.leftMs[loop] = withinMs + GRACE_MS;
  else delete watched.leftMs[loop];
}
