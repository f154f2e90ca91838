// Sets the board's clock, which judges certificates, by an SNTP query of our own. The firmware's setSNTP moves the clock
// behind the interpreter's back, which fires every pending timer at once (2v29, espruino#1612).
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { Settings } from "./settings";
import { askTime } from "./sntp";

const DEFAULT_SERVERS = ["pool.ntp.org", "time.google.com"];
// Smaller differences are not worth disturbing timers for, and no certificate notices them.
const TOLERATED_S = 1;

export interface ClockResult {
  server: string;
  /** Seconds since 1970 by the server. */
  timeS: number;
  /** How far the board's clock was behind, in seconds. */
  offsetS: number;
  /** Whether the clock was set: only when it was off by more than a second, and never on board LINUX. */
  wasSet: boolean;
}

export type SyncCallback = (error: BoardError | undefined, result?: ClockResult) => void;

interface Sync {
  told: Settings;
  hosts: string[];
  asked: number;
  settle: SyncCallback;
}

/** Whether the clock can be right: at boot it stands in 1970, and no true time is before the build of the program. */
export function isClockSet(): boolean {
  return getTime() >= BUILD_TIME_S;
}

// On the Linux build setTime does not move the clock and delays every timer (2v29).
function setClock(server: string, timeS: number): ClockResult {
  const offsetS = timeS - getTime();
  const wasSet = Math.abs(offsetS) > TOLERATED_S && process.env.BOARD !== "LINUX";
  if (wasSet) setTime(timeS);
  return { server, timeS, offsetS, wasSet };
}

// An answer ends it; an error goes on to the next server, or is the end when there is none.
function step(sync: Sync, error: BoardError | undefined, timeS?: number): void {
  if (timeS !== undefined) {
    sync.settle(undefined, setClock(sync.hosts[sync.asked - 1]!, timeS));
  } else if (sync.asked === sync.hosts.length) {
    sync.settle(error || makeError("E_SETTINGS", "settings", "clock.servers"));
  } else {
    sync.asked++;
    try {
      askTime(sync.told, sync.hosts[sync.asked - 1]!, step.bind(undefined, sync));
    } catch (reason: any) {
      sync.settle(reason);
    }
  }
}

/**
 * Gets the time from the first server of `settings.clock.servers` that answers (default: two public ones), sets the
 * board's clock and calls back once. Each server has 5 s, so the whole is bounded by their
 * number. The error is that of the last server: E_CLOCK_TIMEOUT, E_CLOCK_ANSWER, E_DNS, E_RANDOM, E_SETTINGS.
 */
export function sync(settings: Settings, callback: SyncCallback): void {
  const servers = (settings.clock && settings.clock.servers) || DEFAULT_SERVERS;
  step({ told: settings, hosts: servers, asked: 0, settle: callback }, undefined);
}
