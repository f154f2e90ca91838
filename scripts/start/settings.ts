import type { World } from "../board/engine.ts";
import { TRUST_ANCHOR_FILE, type Cloud } from "../cloud/cloud.ts";
import type { Breakage } from "./breakages.ts";

const SETTINGS_FILE = "settings.json";

/** What the board is told, as JSON in its Storage; modules/settings.ts reads it. */
export interface BoardSettings {
  wifi: { ssid: string; password: string };
  clock: { servers: string[] };
  verify?: "none";
  ram?: number[];
  connectTo: Record<string, string>;
  trustAnchors: Record<string, string>;
  oauth: Cloud["oauth"];
}

export interface Provisioning {
  cloud: Cloud;
  world: World;
  /** Where the board's RAM is, when its name does not tell. */
  ram: number[] | undefined;
  /** Servers need not be verified. */
  isInsecure: boolean;
  breakage: Breakage | undefined;
}

/** The Storage files that let the programs meet the local cloud: the settings, and the authority they name. */
export function provisionedFiles({ cloud, world, ram, isInsecure, breakage }: Provisioning): Record<string, Uint8Array> {
  const settings: BoardSettings = {
    wifi: { ...world.accessPoint },
    clock: { servers: ["pool.ntp.org"] },
    ...(isInsecure && { verify: "none" as const }),
    ...(ram && { ram }),
    connectTo: cloud.connectTo,
    trustAnchors: cloud.trustAnchors,
    oauth: { ...cloud.oauth },
  };
  breakage?.change?.(settings);
  return { [SETTINGS_FILE]: Buffer.from(JSON.stringify(settings)), [TRUST_ANCHOR_FILE]: cloud.authorityDer };
}
