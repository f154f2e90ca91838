import type { World } from "../../engine.ts";
import type { StationAddress, StationSnapshot, WifiMessage } from "./messages.ts";
import * as reasons from "./wifi-reasons.ts";

/** One attempt to associate, and one DHCP exchange, take this long in the virtual world. */
export const ATTEMPT_MS = 25;
/** `Wifi.connect` sets the firmware's retry counter to this (s_retry_num in jswrap_esp32_network.c). */
const RETRY_COUNT = 3;

/** What the access point hands out: private addresses no test server listens on. */
const ADDRESS: StationAddress = { ip: "192.168.1.50", netmask: "255.255.255.0", gw: "192.168.1.1" };

const NO_SETTINGS = { ssid: "", password: "" };

/** With `dhcp: false` the access point never answers the request for an address. */
export type AccessPoint = World["accessPoint"] & { dhcp?: boolean };

/**
 * The station half of the ESP32's WiFi driver together with the firmware's event handler for it: silent retries, and
 * giving up for good after the third loss (jswrap_esp32_network.c, event_handler).
 */
export class Station {
  readonly #accessPoint: AccessPoint;
  readonly #post: (message: WifiMessage) => void;
  readonly #linkChanged: () => void;
  #isVisible = true;
  #settings = NO_SETTINGS;
  #isAssociated = false;
  /** The firmware's own flag: it stays set during silent retries. */
  #isConnected = false;
  #address: StationAddress | undefined;
  #lastReason = 0;
  #retries = 0;
  #attempt: NodeJS.Timeout | undefined;

  constructor(accessPoint: AccessPoint, post: (message: WifiMessage) => void, linkChanged: () => void) {
    this.#accessPoint = accessPoint;
    this.#post = post;
    this.#linkChanged = linkChanged;
  }

  /** True when packets flow: associated, with an address, and the access point in reach. */
  get hasLink(): boolean {
    return this.#isAssociated && this.#address !== undefined;
  }

  get snapshot(): StationSnapshot {
    return {
      ...this.#settings,
      associated: this.#isConnected,
      lastReason: this.#lastReason,
      address: this.#address,
    };
  }

  /** `Wifi.connect`: joins, or leaves and joins again. The outcome is posted. */
  connect(ssid: string, password: string): void {
    this.#settings = { ssid, password };
    this.#retries = RETRY_COUNT;
    if (this.#isConnected && this.#isAssociated) this.#lose(reasons.REASON_ASSOC_LEAVE);
    else this.#startAttempt();
  }

  /** `Wifi.disconnect`: leaves, and does not try again. */
  disconnect(): void {
    this.#retries = 0;
    if (this.#isConnected || this.#attempt !== undefined) this.#lose(reasons.REASON_ASSOC_LEAVE);
  }

  /** A person switches the access point off or on. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    if (!visible && this.#isAssociated) this.#lose(reasons.REASON_BEACON_TIMEOUT);
  }

  /** Power off: the link is gone without a word, and no timer is left. */
  stop(): void {
    clearTimeout(this.#attempt);
    this.#attempt = undefined;
    this.#isAssociated = false;
    this.#isConnected = false;
    this.#address = undefined;
    this.#settings = NO_SETTINGS;
    this.#lastReason = 0;
    this.#linkChanged();
  }

  /** Names of the networks in reach, posted after one attempt's time. */
  scan(): void {
    const timer = setTimeout(() => {
      this.#post({ kind: "scanned", ssids: this.#isVisible ? [this.#accessPoint.ssid] : [] });
    }, ATTEMPT_MS);
    timer.unref();
  }

  #startAttempt(): void {
    clearTimeout(this.#attempt);
    this.#attempt = setTimeout(() => this.#associate(), ATTEMPT_MS);
  }

  #associate(): void {
    this.#attempt = undefined;
    const reason = this.#refusal();
    if (reason !== undefined) return this.#lose(reason);
    this.#isAssociated = true;
    this.#isConnected = true;
    this.#post({ kind: "associated", ssid: this.#settings.ssid });
    if (this.#accessPoint.dhcp !== false) this.#attempt = setTimeout(() => this.#takeAddress(), ATTEMPT_MS);
  }

  #refusal(): number | undefined {
    const { ssid, password } = this.#settings;
    if (!this.#isVisible || ssid !== this.#accessPoint.ssid) return reasons.REASON_NO_AP_FOUND;
    return password === this.#accessPoint.password ? undefined : reasons.REASON_AUTH_FAIL;
  }

  #takeAddress(): void {
    this.#attempt = undefined;
    this.#address = ADDRESS;
    this.#post({ kind: "got-address", address: ADDRESS });
    this.#linkChanged();
  }

  #lose(reason: number): void {
    clearTimeout(this.#attempt);
    this.#attempt = undefined;
    this.#isAssociated = false;
    this.#address = undefined;
    this.#linkChanged();
    this.#retries--;
    if (this.#retries > 0) return this.#startAttempt();
    this.#isConnected = false;
    this.#lastReason = reason;
    this.#post({ kind: "disconnected", ssid: this.#settings.ssid, reason });
  }
}
