/** Why there is no link: those numbers of esp_wifi_types.h that the virtual access point can give. */
export const REASON_ASSOC_LEAVE = 8;
export const REASON_BEACON_TIMEOUT = 200;
export const REASON_NO_AP_FOUND = 201;
export const REASON_AUTH_FAIL = 202;

const NAMES = new Map([
  [REASON_ASSOC_LEAVE, "ASSOC_LEAVE"],
  [REASON_BEACON_TIMEOUT, "BEACON_TIMEOUT"],
  [REASON_NO_AP_FOUND, "NO_AP_FOUND"],
  [REASON_AUTH_FAIL, "AUTH_FAIL"],
]);

/** The firmware's word for a reason (wifiReasonToString in jswrap_esp32_network.c). */
export function reasonName(reason: number): string {
  return NAMES.get(reason) ?? "Unknown reason";
}
