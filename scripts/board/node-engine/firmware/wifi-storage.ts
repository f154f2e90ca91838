import type { StationSnapshot } from "../network-host/messages.ts";
import type { Runtime } from "../runtime.ts";

/** The Storage file in which the firmware keeps what `Wifi.save()` saved. */
const FILE_NAME = ".wificfg";
/** WIFI_MODE_STA of ESP-IDF. */
const STATION_MODE = 1;

interface Storage {
  erase(name: string): void;
  write(name: string, data: unknown): unknown;
  readJSON(name: string, noExceptions: boolean): unknown;
}

interface SavedWifi {
  ssid?: string;
  password?: string;
  mode?: number;
}

/** `Wifi.save()`: what the station was last told to join. */
export function saveWifiSettings(runtime: Runtime, station: StationSnapshot, hostname: string): void {
  const { ssid, password } = station;
  const storage = storageOf(runtime);
  storage.erase(FILE_NAME);
  storage.write(FILE_NAME, runtime.toProgram({ ssid, password, mode: STATION_MODE, hostname }));
}

/** `Wifi.save("clear")`. */
export function clearWifiSettings(runtime: Runtime): void {
  storageOf(runtime).erase(FILE_NAME);
}

/**
 * Joins the saved network, if there is one, as the firmware does after the boot code has run. Whoever boots the
 * interpreter calls it.
 */
export function restoreWifi(runtime: Runtime): void {
  const saved = storageOf(runtime).readJSON(FILE_NAME, true) as SavedWifi | undefined;
  if (saved?.mode !== STATION_MODE) return;
  runtime.host.call("wifi.connect", { ssid: saved.ssid ?? "", password: saved.password ?? "" });
}

function storageOf(runtime: Runtime): Storage {
  return runtime.require("Storage") as Storage;
}
