// Where a host is really met: settings can map "host:port" to another address, like curl's --connect-to, which is how an
// unchanged program meets a stand-in on the computer.
import { makeError } from "./errors";
import type { Settings } from "./settings";

/** @internal */
export interface Route {
  /** Name or address to connect to. */
  host: string;
  port: number;
  /** The trust anchor that settings name for this mapped host; reads the DER from Storage when it is called. */
  ca: (() => string) | undefined;
  pins: string[] | undefined;
}

function readAnchor(file: string): string {
  const der = require("Storage").read(file);
  if (der === undefined) throw makeError("E_SETTINGS", "settings", "not in Storage: " + file);
  return der;
}

function anchorFor(settings: Settings, origin: string): (() => string) | undefined {
  const file = (settings.trustAnchors || {})[origin];
  if (file === undefined) return undefined;
  console.log("trust anchor from settings: " + file + " for " + origin);
  return readAnchor.bind(undefined, file);
}

function pinsFor(settings: Settings, origin: string): string[] | undefined {
  const pins = (settings.pins || {})[origin];
  if (pins) console.log("pins from settings for " + origin);
  return pins;
}

/**
 * Gives the address to use for a host. Only a mapped host may also get its trust anchor from the settings, which is
 * logged. Raises E_SETTINGS for a mapping without a port.
 */
export function routeTo(settings: Settings, host: string, port: number): Route {
  const origin = host + ":" + port;
  const target = (settings.connectTo || {})[origin];
  if (target === undefined) return { host, port, ca: undefined, pins: undefined };
  const colon = target.lastIndexOf(":");
  const mappedPort = parseInt(target.substr(colon + 1), 10);
  if (colon < 1 || !(mappedPort > 0)) throw makeError("E_SETTINGS", "settings", "connectTo " + origin + ": " + target);
  return { host: target.substr(0, colon), port: mappedPort, ca: anchorFor(settings, origin), pins: pinsFor(settings, origin) };
}
