// What status() at the REPL says of a running program. Nothing in it is secret.
import type { ClockResult } from "./clock";
import { journal } from "./journal";

declare const global: Record<string, any>;

export interface Status {
  /** Undefined until the board has the time. */
  clock: ClockResult | undefined;
  memory: { usage: number; total: number };
  /** The last ones, oldest first, as modules/journal.ts writes them. */
  requests: string[];
  wifi: { ssid: string | undefined; ip: string };
  /** What a program adds. */
  [section: string]: any;
}

interface Known {
  clock: ClockResult | undefined;
  more?: () => object;
}

const known: Known = { clock: undefined };

// Not getDetails() as a whole: it has the password (2v29, ESP32).
function status(): Status {
  const wifi = require("Wifi");
  const base = { wifi: { ssid: wifi.getDetails().ssid, ip: wifi.getIP().ip }, clock: known.clock, memory: process.memory(), requests: journal };
  return known.more ? Object.assign(base, known.more()) : base;
}

// By its name in quotes, which no minifier shortens.
global["status"] = status;

/** Says what the clock was last set by. */
export function tellClock(result: ClockResult | undefined): void {
  known.clock = result;
  if (result) console.log("Clock: " + new Date(result.timeS * 1000).toISOString() + " by " + result.server + (result.wasSet ? ", set" : ", was right"));
}

/** Adds sections of the program to status(), made anew at each call. */
export function extendStatus(more: () => object): void {
  known.more = more;
}
