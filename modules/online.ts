// The steps every program starts with: settings, WiFi, clock.
import { sync } from "./clock";
import type { ClockResult } from "./clock";
import type { BoardError } from "./errors";
import { readSettings } from "./settings";
import type { Settings } from "./settings";
import { tellClock } from "./status";
import { join } from "./wifi";

export type OnlineCallback = (error: BoardError | undefined, settings?: Settings) => void;

// What follows begins in a timer of its own: a C3 has a stack for some nine nested calls.
function onTime(callback: OnlineCallback, settings: Settings, error: BoardError | undefined, result?: ClockResult): void {
  tellClock(result);
  if (error) setTimeout(callback, 0, error);
  else setTimeout(callback, 0, undefined, settings);
}

function onJoined(callback: OnlineCallback, settings: Settings, error: BoardError | undefined): void {
  if (error) {
    callback(error);
    return;
  }
  console.log("WiFi: joined " + settings.wifi!.ssid + ", address " + require("Wifi").getIP().ip);
  setTimeout(sync, 0, settings, onTime.bind(undefined, callback, settings));
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
