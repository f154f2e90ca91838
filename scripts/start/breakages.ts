import type { CloudOptions } from "../cloud/cloud.ts";
import type { OutagePlan } from "./outage.ts";
import type { BoardSettings } from "./settings.ts";

/** A way to break the journey, to see how a program fails. */
export interface Breakage {
  /** In words, for --help and for the terminal. */
  effect: string;
  cloud?: CloudOptions;
  change?: (settings: BoardSettings) => void;
  /** Of the access point, while telemetry runs. */
  outage?: OutagePlan;
  /** The one program that notices it. */
  onlyApp?: string;
  /** It mends itself, so that a program that goes on trying succeeds. */
  mends?: boolean;
  /** It can be seen only when servers are not verified. */
  onlyInsecure?: boolean;
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
  "lost-network": {
    effect: "the access point goes away for five seconds once three readings are delivered; the program succeeds all the same",
    outage: { afterDelivered: 3, forMs: 5_000 },
    onlyApp: "telemetry",
    mends: true,
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
  "rate-limit": {
    effect: "the token service answers 429, too many requests",
    cloud: { oauth: { rateLimit: { requests: 0, retryAfterS: 30 } } },
    onlyApp: "oauth-token",
  },
  "strict-server-name": {
    effect: "with --insecure the token service still hangs up on a wrong server name (SNI), as the real one does",
    cloud: { oauth: { anyServerName: false } },
    onlyApp: "oauth-token",
    onlyInsecure: true,
  },
  "wrong-pin": {
    effect: "the settings hold the fingerprint of another certificate",
    change: (settings) => void (settings.github.pins = ["0".repeat(64)]),
    onlyApp: "github-status",
  },
  "aws-port-443": {
    effect: "the settings name port 443, where AWS IoT answers 403 to everything",
    change: (settings) => void (settings.aws.port = 443),
    onlyApp: "aws-shadow",
  },
  "flaky-server": {
    effect: "the telemetry server fails four times: 503, no answer to a request, 429, and an answer that gets lost; the program succeeds all the same",
    cloud: { telemetry: { mishaps: [503, "hang up", 429, "keep and hang up"] } },
    onlyApp: "telemetry",
    mends: true,
  },
  "refused-readings": {
    effect: "the telemetry server answers 401 to everything, as for a wrong token",
    cloud: { telemetry: { mishaps: new Array<number>(1_000).fill(401) } },
    onlyApp: "telemetry",
  },
  "silent-server": {
    effect: "the servers take requests and never answer",
    cloud: { howsmyssl: { silent: true }, example: { silent: true }, github: { silent: true }, oauth: { silent: true }, aws: { silent: true }, telemetry: { silent: true } },
  },
};

/**
 * Looks a breakage up.
 * @throws Error for one that does not exist, or that the program cannot notice
 */
export function findBreakage(name: string | undefined, app: string, isInsecure: boolean): Breakage | undefined {
  if (name === undefined) return undefined;
  const breakage = BREAKAGES[name];
  if (!breakage) throw new Error(`There is no --break ${name}. Known: ${Object.keys(BREAKAGES).join(", ")}.`);
  if (breakage.onlyApp && breakage.onlyApp !== app) {
    throw new Error(`--break ${name} can only be seen with --app ${breakage.onlyApp}.`);
  }
  if (breakage.onlyInsecure && !isInsecure) throw new Error(`--break ${name} can only be seen with --insecure.`);
  return breakage;
}
