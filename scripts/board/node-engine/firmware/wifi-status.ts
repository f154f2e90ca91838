import type { StationSnapshot } from "../network-host/messages.ts";
import { reasonName } from "../network-host/wifi-reasons.ts";

/** The virtual access point's and the virtual board's hardware addresses. */
export const ACCESS_POINT_MAC = "02:00:00:00:00:01";
export const STATION_MAC = "02:00:00:00:00:02";
export const CHANNEL = 1;
const SIGNAL_DBM = -50;
const NO_ADDRESS = "0.0.0.0";

/** What `Wifi.getDetails()` gives: the password too, in the clear. */
export function detailsOf(station: StationSnapshot): object {
  if (!station.associated) return { status: reasonName(station.lastReason) };
  return { ssid: station.ssid, password: station.password, status: "connected", authMode: "wpa2" };
}

/** What `Wifi.getStatus()` gives. */
export function statusOf(station: StationSnapshot): object {
  if (!station.associated) return { station: reasonName(station.lastReason), mode: "NULL", powersave: "modem" };
  return {
    station: "connected",
    ssid: station.ssid,
    bssid: ACCESS_POINT_MAC,
    channel: CHANNEL,
    rssi: SIGNAL_DBM,
    htMode: "HT20",
    authMode: "wpa2",
    mode: "STA",
    powersave: "modem",
  };
}

/** What `Wifi.getIP()` gives; zeros without an address. */
export function addressesOf(station: StationSnapshot): object {
  const { ip, netmask, gw } = station.address ?? { ip: NO_ADDRESS, netmask: NO_ADDRESS, gw: NO_ADDRESS };
  return { ip, netmask, gw, mac: STATION_MAC };
}

/** One entry of what `Wifi.scan` gives; the channel is text. */
export function scannedNetwork(ssid: string): object {
  return { rssi: SIGNAL_DBM, authMode: "wpa2", ssid, mac: ACCESS_POINT_MAC, channel: String(CHANNEL) };
}
