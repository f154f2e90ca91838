import type { CloudOptions } from "../cloud/cloud.ts";
import type { BoardSettings } from "./settings.ts";

/** A way to break the journey, to see how a program fails. */
export interface Breakage {
  /** In words, for --help and for the terminal. */
  effect: string;
  cloud?: CloudOptions;
  change?: (settings: BoardSettings) => void;
  /** The one program that notices it. */
  onlyApp?: string;
}

export const BREAKAGES: Record<string, Breakage> = {
  "wrong-wifi-password": {
    effect: "the settings hold a wrong WiFi password",
    change: (settings) => void (settings.wifi.password = "not-the-password"),
  },
  "unknown-network": {
    effect: "the settings name a WiFi network that is not there",
    change: (settings) => void (settings.wifi.ssid = "no-such-network"),
  },
  "silent-time-server": {
    effect: "the time server never answers",
    cloud: { time: { misbehaviour: "silent" } },
  },
  "wrong-credentials": {
    effect: "the settings hold a wrong client secret, so the token service answers 401",
    change: (settings) => void (settings.oauth.clientSecret = "not-the-secret"),
    onlyApp: "oauth-token",
  },
  "silent-server": {
    effect: "the servers take requests and never answer",
    cloud: { howsmyssl: { silent: true }, oauth: { silent: true } },
  },
};

/**
 * Looks a breakage up.
 * @throws Error for one that does not exist, or that the program cannot notice
 */
export function findBreakage(name: string | undefined, app: string): Breakage | undefined {
  if (name === undefined) return undefined;
  const breakage = BREAKAGES[name];
  if (!breakage) throw new Error(`There is no --break ${name}. Known: ${Object.keys(BREAKAGES).join(", ")}.`);
  if (breakage.onlyApp && breakage.onlyApp !== app) {
    throw new Error(`--break ${name} can only be seen with --app ${breakage.onlyApp}.`);
  }
  return breakage;
}
