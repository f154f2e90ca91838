import type { StationSnapshot, WifiMessage } from "../network-host/messages.ts";
import { WIFI_CHANNEL } from "../network-host/messages.ts";
import { reasonName } from "../network-host/wifi-reasons.ts";
import { parseIpAddress } from "./ip-address.ts";
import type { Runtime } from "../runtime.ts";
import { programError } from "./program-error.ts";
import { isPlainObject, typeName } from "./text-of-value.ts";
import { clearWifiSettings, saveWifiSettings } from "./wifi-storage.ts";
import * as status from "./wifi-status.ts";

const LONGEST_SSID = 31;
const LONGEST_PASSWORD = 63;
const DEFAULT_HOSTNAME = "espressif";
/** An ESP32 has these; the virtual board has no access point of its own, no ICMP, and no clock that jumps by itself. */
const MISSING = ["startAP", "stopAP", "getAPDetails", "getAPIP", "setAPIP", "setIP", "setConfig", "setSNTP", "ping"];

type CallbackName = "gotAddress" | "disconnected" | "scanned" | "hostByName";

/**
 * The module `Wifi` (jswrap_esp32_network.c), station only. The station itself lives in the board process and outlives
 * a reset of the interpreter; listeners and callbacks do not.
 */
export class Wifi {
  readonly #runtime: Runtime;
  #module: object | undefined;
  /** One global slot each: a second call replaces the first one's callback, which is then never called. */
  #callbacks: Partial<Record<CallbackName, unknown>> = {};
  #hostname = DEFAULT_HOSTNAME;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.host.on(WIFI_CHANNEL, (message) => this.#receive(message as WifiMessage));
    runtime.onReset(() => this.#forget());
  }

  /** What `require("Wifi")` gives until the next reset. */
  createModule(): object {
    this.#module = this.#runtime.makeEmitter(this.#runtime.toProgram(this.#methods()));
    return this.#module;
  }

  #forget(): void {
    this.#callbacks = {};
    this.#module = undefined;
  }

  #methods(): object {
    const missing = MISSING.map((name) => [name, () => this.#refuse(`Wifi.${name} is not on the virtual board`)]);
    return {
      connect: (ssid?: unknown, options?: unknown, callback?: unknown) => this.#connect(ssid, options, callback),
      disconnect: (callback?: unknown) => this.#disconnect(callback),
      scan: (callback?: unknown) => this.#scan(callback),
      getDetails: (callback?: unknown) => this.#answer(status.detailsOf(this.#station()), callback),
      getStatus: () => this.#runtime.toProgram(status.statusOf(this.#station())),
      getIP: (callback?: unknown) => this.#answer(status.addressesOf(this.#station()), callback, null),
      getHostByName: (name?: unknown, callback?: unknown) => this.#getHostByName(name, callback),
      getHostname: () => this.#hostname,
      setHostname: (name?: unknown, callback?: unknown) => this.#setHostname(name, callback),
      save: (what?: unknown) => this.#save(what),
      restore: () => {},
      ...Object.fromEntries(missing),
    };
  }

  #connect(ssid: unknown, options: unknown, callback: unknown): void {
    if (typeof ssid !== "string") this.#refuse("No SSID provided");
    if (options !== undefined && !isPlainObject(options)) this.#refuse(`Expecting Object, got ${typeName(options)}`);
    delete this.#callbacks.gotAddress;
    this.#requireCallback(callback);
    delete this.#callbacks.disconnected;
    const password = options?.password ?? "";
    if (typeof password !== "string") {
      this.#refuse(`Expecting options.password to be a string but got ${typeName(options?.password)}`);
    }
    const settings = { ssid: ssid.slice(0, LONGEST_SSID), password: password.slice(0, LONGEST_PASSWORD) };
    this.#runtime.host.call("wifi.connect", settings);
    this.#callbacks.gotAddress = callback;
  }

  /** The callback is queued at once, and once more when the link really goes. */
  #disconnect(callback: unknown): void {
    this.#requireCallback(callback);
    this.#callbacks.disconnected = callback;
    this.#runtime.host.call("wifi.disconnect", undefined);
    if (callback !== undefined) this.#runtime.queueCall(callback, undefined, []);
  }

  #scan(callback: unknown): void {
    if (this.#callbacks.scanned !== undefined) this.#refuse("A scan is already in progress");
    if (typeof callback !== "function") this.#refuse(`Expecting callback function but got ${String(callback)}`);
    this.#callbacks.scanned = callback;
    this.#runtime.host.send("wifi.scan", undefined);
  }

  /** The answer to *any* look-up goes to the last callback given; the others are lost. */
  #getHostByName(name: unknown, callback: unknown): void {
    if (typeof name !== "string") this.#refuse("Hostname parameter is not a string");
    if (typeof callback !== "function") this.#refuse("Callback is not a function");
    this.#callbacks.hostByName = callback;
    const address = parseIpAddress(name);
    if (address !== undefined) this.#complete("hostByName", address);
    else this.#runtime.host.send("wifi.lookUp", { name });
  }

  #setHostname(name: unknown, callback: unknown): void {
    this.#hostname = String(name);
    if (typeof callback === "function") this.#runtime.queueCall(callback, undefined, []);
  }

  #save(what: unknown): void {
    if (what === "clear") clearWifiSettings(this.#runtime);
    else saveWifiSettings(this.#runtime, this.#station(), this.#hostname);
  }

  #receive(message: WifiMessage): void {
    if (message.kind === "looked-up") return this.#complete("hostByName", message.address);
    if (message.kind === "scanned") return this.#complete("scanned", message.ssids.map(status.scannedNetwork));
    if (message.kind === "associated") return this.#associated(message.ssid);
    if (message.kind === "disconnected") return this.#disconnected(message.ssid, message.reason);
    this.#complete("gotAddress", null);
    this.#emit("connected", message.address);
  }

  #associated(ssid: string): void {
    this.#emit("associated", { ssid, mac: status.ACCESS_POINT_MAC, channel: String(status.CHANNEL) });
  }

  #disconnected(ssid: string, reason: number): void {
    this.#complete("disconnected");
    const msg = reasonName(reason);
    this.#emit("disconnected", { ssid, mac: status.ACCESS_POINT_MAC, reason: String(reason), msg });
    this.#complete("gotAddress", msg);
  }

  #complete(name: CallbackName, ...args: unknown[]): void {
    const callback = this.#callbacks[name];
    delete this.#callbacks[name];
    if (callback === undefined) return;
    this.#runtime.queueCall(callback, undefined, args.map((value) => this.#toProgram(value)));
  }

  #emit(event: string, details: object): void {
    if (this.#module === undefined) return;
    this.#runtime.queueEvent(this.#module, event, [this.#runtime.toProgram(details)]);
  }

  /** Gives the answer and queues it for the callback, after `before`. */
  #answer(answer: object, callback: unknown, ...before: unknown[]): object {
    if (callback !== undefined && callback !== null) this.#requireCallback(callback);
    const result = this.#runtime.toProgram(answer);
    if (typeof callback === "function") this.#runtime.queueCall(callback, undefined, [...before, result]);
    return result;
  }

  #station(): StationSnapshot {
    return this.#runtime.host.call("wifi.snapshot", undefined) as StationSnapshot;
  }

  #requireCallback(callback: unknown): void {
    if (callback === undefined || typeof callback === "function") return;
    this.#refuse(`Expecting callback function but got ${String(callback)}`);
  }

  #refuse(message: string): never {
    throw programError(this.#runtime, message);
  }

  #toProgram(value: unknown): unknown {
    return typeof value === "object" && value !== null ? this.#runtime.toProgram(value) : value;
  }
}
