// The steps every program starts with: settings, WiFi, clock.
import { sync } from "./clock";
import type { ClockResult } from "./clock";
import type { BoardError } from "./errors";
import { journal } from "./journal";
import { readSettings } from "./settings";
import type { Settings } from "./settings";
import { join } from "./wifi";

declare const global: Record<string, any>;

/** What status() at the REPL says of a running program. Nothing in it is secret. */
export interface Status {
  /** Undefined until the board has the time. */
  clock: ClockResult | undefined;
  memory: { usage: number; total: number };
  /** The last ones, oldest first, as modules/journal.ts writes them. */
  requests: string[];
  wifi: { ssid: string | undefined; ip: string };
}

export type OnlineCallback = (error: BoardError | undefined, settings?: Settings) => void;

let clock: ClockResult | undefined;

// Not getDetails() as a whole: it has the password (2v29, ESP32).
function status(): Status {
  const wifi = require("Wifi");
  return { wifi: { ssid: wifi.getDetails().ssid, ip: wifi.getIP().ip }, clock, memory: process.memory(), requests: journal };
}

// By its name in quotes, which no minifier shortens.
global["status"] = status;

function onTime(callback: OnlineCallback, settings: Settings, error: BoardError | undefined, result?: ClockResult): void {
  clock = result;
  if (result) console.log("Clock: " + new Date(result.timeS * 1000).toISOString() + " by " + result.server + (result.wasSet ? ", set" : ", was right"));
  callback(error, error ? undefined : settings);
}

function onJoined(callback: OnlineCallback, settings: Settings, error: BoardError | undefined): void {
  if (error) {
    callback(error);
    return;
  }
  console.log("WiFi: joined " + settings.wifi!.ssid + ", address " + require("Wifi").getIP().ip);
  sync(settings, onTime.bind(undefined, callback, settings));
}

/**
 * Reads the settings, joins the WiFi and sets the clock, printing each step; then calls back with the settings. Errors: those
 * of modules/settings.ts, modules/wifi.ts and modules/clock.ts.
 */
export function goOnline(callback: OnlineCallback): void {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error: any) {
    callback(error);
    return;
  }
  join(settings, onJoined.bind(undefined, callback, settings));
}
