// Names to addresses without blocking: the firmware's own look-up inside connect() stops the whole interpreter, so the
// resolver of the WiFi module is used where the board has one. Who asks keeps the deadline.
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { isAddress } from "./url";

export type LookUpCallback = (error: BoardError | undefined, address: string) => void;

/** A look-up under way. @internal */
export interface LookUp {
  host: string;
  /** Set to undefined, it makes the look-up forgotten. */
  onFound: LookUpCallback | undefined;
  /** Nothing can interrupt it: connect() will do it. */
  isBlocking: boolean;
}

function onAnswer(lookUp: LookUp, address: string | null): void {
  const callback = lookUp.onFound;
  lookUp.onFound = undefined;
  if (callback) callback(address ? undefined : makeError("E_DNS", "dns", lookUp.host), address!);
}

function resolver(): FirmwareWifi | undefined {
  try {
    const wifi = require("Wifi");
    return wifi.getHostByName ? wifi : undefined;
  } catch (missing) {
    return undefined;
  }
}

/**
 * Resolves a host and calls back, never synchronously. An address, and any host on a board without resolver, is given back
 * as it is. Error: E_DNS.
 */
export function lookUpHost(host: string, onFound: LookUpCallback): LookUp {
  const isName = !isAddress(host);
  const wifi = isName ? resolver() : undefined;
  const lookUp: LookUp = { host, onFound, isBlocking: isName && !wifi };
  if (wifi) wifi.getHostByName!(host, onAnswer.bind(undefined, lookUp));
  else setTimeout(onAnswer, 0, lookUp, host);
  return lookUp;
}
