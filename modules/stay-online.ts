// Stays online: a WiFi that is joined again whatever happens, and a clock that is set as soon as somebody tells the time, and set again
// from time to time.
import { createBackoff, pauseMs } from "./backoff";
import type { Backoff } from "./backoff";
import { isClockSet, sync } from "./clock";
import type { ClockResult } from "./clock";
import type { BoardError } from "./errors";
import { keepAlive } from "./keep-alive";
import type { Settings } from "./settings";
import { tellClock } from "./status";
import { stayJoined } from "./stay-joined";
import { endTurn, takeTurn } from "./turns";
import type { Turn } from "./turns";
import { noteClockSet } from "./uptime";

export interface OnlineWatcher {
  /** The network is there, and the board knows the time. */
  onUp(): void;
  /** The network is gone, and every socket with it. Also when it never was there. */
  onDown(): void;
  /** This loop ("wifi" or "clock") will be heard of again within so many milliseconds; 0: not before something happens. */
  onSign(loop: string, withinMs: number): void;
}

/** @internal */
interface Presence {
  settings: Settings;
  watcher: OnlineWatcher;
  isJoined: boolean;
  isAsking: boolean;
  ask(presence: Presence): void;
  /** To ask for the time without a TLS connection beside. */
  turn?: Turn;
  timer?: TimerId | undefined;
  backoff: Backoff;
  /** To get the time, in a row. */
  failures: number;
}

// A crystal is off by a second in a day, and no certificate notices a second; the readings' own times do.
const CLOCK_AGAIN_MS = 6 * 3600 * 1000;
// Time servers are shared by the world: RFC 4330 10 asks for no less than 15 s, and for pauses that grow.
const CLOCK_FIRST_PAUSE_MS = 15000;
const CLOCK_LONGEST_PAUSE_MS = 300000;
// What the firmware needs to close a socket: it is longer than a pass or two, and shorter than anybody notices.
const CLOSE_MS = 100;
// The turn may come after a request, of a minute, and each server has 5 s.
const ASK_MS = 180000;

function askLater(presence: Presence, afterMs: number): void {
  presence.timer = setTimeout(presence.ask, afterMs, presence);
  presence.watcher.onSign("clock", afterMs);
}

// In a timer of its own: a C3 has a stack for some nine nested calls.
function tellUp(presence: Presence): void {
  if (presence.isJoined && isClockSet()) presence.watcher.onUp();
}

function onTime(presence: Presence, error: BoardError | undefined, result?: ClockResult): void {
  endTurn(presence.turn!);
  presence.isAsking = false;
  let afterMs = CLOCK_AGAIN_MS;
  if (error) {
    afterMs = Math.max(CLOCK_FIRST_PAUSE_MS, pauseMs(presence.backoff, ++presence.failures));
    console.log("Clock: " + error.code + " in " + error.phase + ": " + error.message + ", again in " + afterMs + " ms");
  } else {
    presence.failures = 0;
    if (result!.wasSet) noteClockSet(result!.offsetS);
    tellClock(result);
  }
  presence.watcher.onSign("clock", 0);
  if (presence.isJoined) askLater(presence, afterMs);
  setTimeout(tellUp, 0, presence);
}

function askNow(presence: Presence): void {
  sync(presence.settings, onTime.bind(undefined, presence));
}

// In its turn, and when the kept connection is closed: a question needs random bytes, which are not to be drawn while TLS is open
// (modules/random.ts).
function onTurn(presence: Presence): void {
  keepAlive.close();
  setTimeout(askNow, CLOSE_MS, presence);
}

function ask(presence: Presence): void {
  presence.timer = undefined;
  if (presence.isAsking) return;
  presence.isAsking = true;
  presence.watcher.onSign("clock", ASK_MS);
  presence.turn = takeTurn(onTurn.bind(undefined, presence));
}

function onLinkChange(presence: Presence, error: BoardError | undefined): void {
  presence.isJoined = !error;
  if (presence.timer) clearTimeout(presence.timer);
  presence.timer = undefined;
  if (!error) {
    ask(presence);
    return;
  }
  if (!presence.isAsking) presence.watcher.onSign("clock", 0);
  keepAlive.close();
  presence.watcher.onDown();
}

/**
 * Joins the WiFi and sets the clock, and goes on with both for ever, printing each change. Raises E_SETTINGS, and E_WIFI on firmware
 * without WiFi; every other failure is tried again.
 */
export function stayOnline(settings: Settings, watcher: OnlineWatcher): void {
  const presence: Presence = { settings, watcher, isJoined: false, isAsking: false, ask, backoff: createBackoff(CLOCK_FIRST_PAUSE_MS, CLOCK_LONGEST_PAUSE_MS), failures: 0 };
  stayJoined(settings, { onChange: onLinkChange.bind(undefined, presence), onSign: watcher.onSign.bind(undefined, "wifi") });
}
