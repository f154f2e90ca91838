import type { World } from "../board/engine.ts";
import { TRUST_ANCHOR_FILE, type Cloud } from "../cloud/cloud.ts";
import type { Breakage } from "./breakages.ts";

const SETTINGS_FILE = "settings.json";
/** Where modules/device-identity.ts looks for them. */
const DEVICE_CERTIFICATE_FILE = "device-cert.der";
const DEVICE_KEY_FILE = "device-key.der";
/** Nobody wants to watch one a minute. */
const READING_INTERVAL_S = 1;

/** What the board is told, as JSON in its Storage; modules/settings.ts reads it. */
export interface BoardSettings {
  wifi: { ssid: string; password: string };
  clock: { servers: string[] };
  verify?: "none";
  ram?: number[];
  connectTo: Record<string, string>;
  trustAnchors: Record<string, string>;
  httpsGet: Cloud["httpsGet"];
  github: Cloud["github"];
  oauth: Cloud["oauth"];
  aws: Cloud["aws"] & { port?: number };
  telemetry: Cloud["telemetry"] & { intervalS: number; readings: number };
}

export interface Provisioning {
  cloud: Cloud;
  world: World;
  /** Where the board's RAM is, when its name does not tell. */
  ram: number[] | undefined;
  /** Servers need not be verified. */
  isInsecure: boolean;
  /** After so many the program telemetry is done; 0: never. */
  readings: number;
  breakage: Breakage | undefined;
}

/** The Storage files that let the programs meet the local cloud: the settings, the authority they name, the board's own identity. */
export function provisionedFiles({ cloud, world, ram, isInsecure, readings, breakage }: Provisioning): Record<string, Uint8Array> {
  const settings: BoardSettings = {
    wifi: { ...world.accessPoint },
    clock: { servers: ["pool.ntp.org"] },
    ...(isInsecure && { verify: "none" as const }),
    ...(ram && { ram }),
    connectTo: cloud.connectTo,
    trustAnchors: cloud.trustAnchors,
    httpsGet: { ...cloud.httpsGet },
    github: { ...cloud.github },
    oauth: { ...cloud.oauth },
    aws: { ...cloud.aws },
    telemetry: { ...cloud.telemetry, intervalS: READING_INTERVAL_S, readings },
  };
  breakage?.change?.(settings);
  return {
    [SETTINGS_FILE]: Buffer.from(JSON.stringify(settings)),
    [TRUST_ANCHOR_FILE]: cloud.authorityDer,
    [DEVICE_CERTIFICATE_FILE]: cloud.device.certDer,
    [DEVICE_KEY_FILE]: cloud.device.keyDer,
  };
}
