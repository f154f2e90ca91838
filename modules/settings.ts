// What a program must know and must not carry in its code: the WiFi password, endpoints, keys. One JSON file in the
// board's Storage, written from the computer; never in the bundle, never in git.
import { makeError } from "./errors";

export interface WifiSettings {
  ssid: string;
  password?: string;
  /** The firmware's telnet REPL on port 23 lets anyone on the network in without a password; it is shut unless true. */
  telnet?: boolean;
}

export interface ClockSettings {
  /** Names of SNTP servers, asked in this order. */
  servers?: string[];
}

export interface Settings {
  wifi?: WifiSettings;
  clock?: ClockSettings;
  /** "none": servers are not verified, and each request says so. */
  verify?: string;
  /** "host:port" as the program names it -> "address:port" that is used instead (UDP port 123 too). */
  connectTo?: Record<string, string>;
  /** "host:port" of a mapped host -> Storage file with the DER of the trust anchor to use instead of the program's own. */
  trustAnchors?: Record<string, string>;
  /** "host:port" of a mapped host -> pins to use instead of the program's own. */
  pins?: Record<string, string[]>;
  /** First address of RAM and the one after the last, for a board that modules/tls/memory.ts does not know. */
  ram?: number[];
  [name: string]: any;
}

const FILE = "settings.json";

/** Reads the settings from Storage. Raises E_SETTINGS when there are none or they are no JSON object. */
export function readSettings(): Settings {
  const settings = require("Storage").readJSON(FILE, true);
  if (settings && typeof settings === "object") return settings;
  throw makeError("E_SETTINGS", "settings", "no JSON in Storage: " + FILE);
}

/** A program's own section of the settings. Raises E_SETTINGS that names which of the `needed` values it lacks. */
export function settingsOf(settings: Settings, section: string, needed: string[]): any {
  const values = settings[section] || {};
  const missing = needed.filter((name) => !values[name]);
  if (missing.length > 0) throw makeError("E_SETTINGS", "settings", section + " lacks " + missing.join(", "));
  return values;
}
