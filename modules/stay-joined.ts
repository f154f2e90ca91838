// Joins a WiFi network and never gives up: for a board that nobody watches.
import { createBackoff, pauseMs } from "./backoff";
import type { Backoff } from "./backoff";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { Settings } from "./settings";
import { JOIN_DEADLINE_MS, link, prepareLink, REJOIN_FIRST_MS, REJOIN_LONGEST_MS, startJoin, stopTimer } from "./wifi";

/** Who is told of a link that is to stay. */
export interface LinkWatcher {
  /**
   * Without an error: joined. With one: an attempt failed, or the network was lost. Then every socket of the board is dead, though
   * the firmware neither closes it nor says so (2v29).
   */
  onChange(error: BoardError | undefined): void;
  /** The supervision will be heard of again within so many milliseconds. */
  onSign(withinMs: number): void;
}

/** @internal */
interface Supervision {
  watcher: LinkWatcher;
  backoff: Backoff;
  /** In a row. */
  failures: number;
  /** The address since the last join, and whether it was not there at the last look. */
  ip?: string;
  isMissed?: boolean;
}

// How often the address is looked at. One look without it may be a renewal; two are a loss that the firmware has not told: it goes on to
// say "connected" while it tries again in silence, and after DHCP took the address away (2v29).
const LOOK_MS = 5000;

// One radio, so one supervision.
const supervision: Partial<Supervision> = {};

function attempt(onEnd: (error: BoardError | undefined) => void): void {
  startJoin(onEnd);
  supervision.watcher!.onSign(JOIN_DEADLINE_MS);
}

// With jitter, so that a fleet does not come back in step after a power failure.
function goOn(error: BoardError, onEnd: (error: BoardError | undefined) => void): void {
  const afterMs = pauseMs(supervision.backoff!, ++supervision.failures!);
  stopTimer();
  link.isJoined = false;
  link.timer = setTimeout(attempt, afterMs, onEnd);
  console.log("WiFi: " + error.code + " in wifi: " + error.message + ", again in " + afterMs + " ms");
  supervision.watcher!.onSign(afterMs);
  supervision.watcher!.onChange(error);
}

function isMissing(): boolean {
  const wasMissed = supervision.isMissed;
  supervision.isMissed = require("Wifi").getIP().ip !== supervision.ip;
  return !!(supervision.isMissed && wasMissed);
}

function look(onEnd: (error: BoardError | undefined) => void): void {
  if (isMissing()) {
    goOn(makeError("E_WIFI_NO_ADDRESS", "wifi", link.network!.ssid + ": the address is gone"), onEnd);
    return;
  }
  link.timer = setTimeout(look, LOOK_MS, onEnd);
  supervision.watcher!.onSign(LOOK_MS);
}

function onAttemptEnd(error: BoardError | undefined): void {
  const ip = require("Wifi").getIP().ip;
  stopTimer();
  if (error) {
    goOn(error, onAttemptEnd);
    return;
  }
  link.isJoined = true;
  supervision.failures = 0;
  supervision.ip = ip;
  supervision.isMissed = false;
  console.log("WiFi: joined " + link.network!.ssid + ", address " + ip);
  look(onAttemptEnd);
  supervision.watcher!.onChange(undefined);
}

function onLost(reason: string): void {
  goOn(makeError("E_WIFI", "wifi", link.network!.ssid + ": " + reason), onAttemptEnd);
}

/**
 * Joins the network of `settings.wifi` and never gives up: not when the first attempt fails, nor after a loss that the firmware does
 * not tell. An attempt has 30 s, the pauses grow from 1 s to 60 s, until `leave()`. Each change is printed and told. Raises E_SETTINGS,
 * and E_WIFI on firmware without WiFi; the errors that are told are those of `join` (modules/wifi.ts).
 */
export function stayJoined(settings: Settings, watcher: LinkWatcher): void {
  const refusal = prepareLink(settings, onLost);
  if (refusal) throw refusal;
  supervision.watcher = watcher;
  supervision.backoff = createBackoff(REJOIN_FIRST_MS, REJOIN_LONGEST_MS);
  supervision.failures = 0;
  attempt(onAttemptEnd);
}
