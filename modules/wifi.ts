// Joins a WiFi network and stays on it.
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { jitteredMs } from "./jitter";
import type { Settings, WifiSettings } from "./settings";

// The firmware tries three times by itself, each of up to 5 s, and then waits for DHCP without end.
const JOIN_DEADLINE_MS = 30000;
// After a loss the firmware tries twice in silence and then gives up for good: from there on it is ours to try.
const REJOIN_FIRST_MS = 1000;
const REJOIN_LONGEST_MS = 60000;
// How often a supervised link is looked at. One look without the address may be a renewal of it; two are a loss that the firmware has
// not told: it goes on to say "connected" while it tries again in silence, and after DHCP took the address away (2v29).
const LOOK_MS = 5000;
const NO_ADDRESS = "0.0.0.0";

type JoinCallback = (error: BoardError | undefined) => void;

/** Who is told of a link that is to stay. */
export interface LinkWatcher {
  /**
   * Without an error: joined. With one: an attempt failed, or the network was lost. Then every socket of the board is dead, though
   * the firmware neither closes it nor says so (2v29).
   */
  onChange: JoinCallback;
  /** The supervision will be heard of again within so many milliseconds. */
  onSign(withinMs: number): void;
}

interface Link {
  network?: WifiSettings | undefined;
  /** Who waits for the first join. */
  callback?: JoinCallback | undefined;
  /** Who waits for the attempt under way. */
  pending?: JoinCallback | undefined;
  /** A deadline, or the pause before the network is joined again. */
  timer?: TimerId | undefined;
  watcher?: LinkWatcher | undefined;
  isAssociated: boolean;
  isJoined: boolean;
  attempt: number;
  pauseMs: number;
  /** The address since the last join, and whether it was not there at the last look. */
  ip?: string;
  isMissed?: boolean;
}

// One radio, so one state.
const link: Link = {
  isAssociated: false,
  isJoined: false,
  attempt: 0,
  pauseMs: REJOIN_FIRST_MS,
};

function stopTimer(): void {
  if (link.timer) clearTimeout(link.timer);
  link.timer = undefined;
}

// The reasons an ESP32 gives (esp_wifi_types.h). A wrong password shows as a handshake that is never answered.
function joinError(reason: string): BoardError {
  const code = /AUTH|HANDSHAKE/.test(reason) ? "E_WIFI_PASSWORD" : /NO_AP/.test(reason) ? "E_WIFI_NOT_FOUND" : "E_WIFI";
  return makeError(code, "wifi", link.network!.ssid + ": " + reason);
}

function onAssociated(): void {
  link.isAssociated = true;
}

// One attempt ends once, whoever tells it first.
function endAttempt(error: BoardError | undefined): void {
  const onEnd = link.pending;
  link.pending = undefined;
  if (onEnd) onEnd(error);
}

function onConnected(): void {
  endAttempt(undefined);
}

function onDeadline(): void {
  const code = link.isAssociated ? "E_WIFI_NO_ADDRESS" : "E_WIFI_TIMEOUT";
  endAttempt(makeError(code, "wifi", link.network!.ssid, { afterMs: JOIN_DEADLINE_MS }));
}

// An attempt that was given up may still call back: only the answer of the newest counts. Leaving the network before is no answer to
// it, though the firmware gives it as one.
function onAnswer(attempt: number, reason: string | null): void {
  if (attempt === link.attempt && reason !== "ASSOC_LEAVE") endAttempt(reason ? joinError(reason) : undefined);
}

function sign(withinMs: number): void {
  if (link.watcher) link.watcher.onSign(withinMs);
}

function startJoin(onEnd: JoinCallback): void {
  const network = link.network!;
  link.attempt++;
  link.pending = onEnd;
  link.isAssociated = false;
  link.timer = setTimeout(onDeadline, JOIN_DEADLINE_MS);
  sign(JOIN_DEADLINE_MS);
  require("Wifi").connect(network.ssid, { password: network.password }, onAnswer.bind(undefined, link.attempt));
}

// With jitter, so that a fleet does not come back in step after a power failure.
function rejoinLater(onEnd: JoinCallback): void {
  const pauseMs = jitteredMs(link.pauseMs);
  console.log("WiFi: again in " + pauseMs + " ms");
  stopTimer();
  link.timer = setTimeout(startJoin, pauseMs, onEnd);
  link.pauseMs = Math.min(link.pauseMs * 2, REJOIN_LONGEST_MS);
  sign(pauseMs);
}

function tellChange(error: BoardError | undefined): void {
  if (link.watcher) link.watcher.onChange(error);
}

function lose(error: BoardError, onEnd: JoinCallback): void {
  link.isJoined = false;
  console.log("WiFi: lost, " + error.message);
  rejoinLater(onEnd);
  tellChange(error);
}

function addressError(ip: string): BoardError {
  return ip === NO_ADDRESS ? makeError("E_WIFI_NO_ADDRESS", "wifi", link.network!.ssid + ": no address") : makeError("E_WIFI", "wifi", link.network!.ssid + ": another address");
}

// Only what is joined is looked at: the timer belongs to an attempt otherwise.
function look(onEnd: JoinCallback): void {
  const ip = require("Wifi").getIP().ip;
  const wasMissed = link.isMissed;
  link.isMissed = ip !== link.ip;
  if (link.isMissed && wasMissed) {
    lose(addressError(ip), onEnd);
  } else {
    link.timer = setTimeout(look, LOOK_MS, onEnd);
    sign(LOOK_MS);
  }
}

function onRejoined(onEnd: JoinCallback): void {
  const ip = require("Wifi").getIP().ip;
  link.pauseMs = REJOIN_FIRST_MS;
  link.ip = ip;
  link.isMissed = false;
  console.log("WiFi: " + (link.watcher ? "joined " + link.network!.ssid : "back") + ", address " + ip);
  if (link.watcher) look(onEnd);
  tellChange(undefined);
}

function onRejoinEnd(error: BoardError | undefined): void {
  stopTimer();
  link.isJoined = !error;
  if (!error) {
    onRejoined(onRejoinEnd);
    return;
  }
  console.log("WiFi: " + error.code + " in wifi: " + error.message);
  rejoinLater(onRejoinEnd);
  tellChange(error);
}

function onDisconnected(details: { msg?: string; reason?: string }): void {
  if (link.isJoined) lose(makeError("E_WIFI", "wifi", "" + (details.msg || details.reason)), onRejoinEnd);
}

/** Leaves the network and stops joining it again; a join() that is still waited for ends with E_ABORTED. */
export function leave(): void {
  const wifi = require("Wifi");
  const callback = link.callback;
  stopTimer();
  link.callback = link.pending = link.network = link.watcher = undefined;
  link.isJoined = false;
  wifi.removeListener("associated", onAssociated);
  wifi.removeListener("connected", onConnected);
  wifi.removeListener("disconnected", onDisconnected);
  wifi.disconnect();
  if (callback) callback(makeError("E_ABORTED", "wifi", "left"));
}

function onFirstJoinEnd(error: BoardError | undefined): void {
  const callback = link.callback!;
  stopTimer();
  link.callback = undefined;
  link.isJoined = !error;
  if (error) leave();
  callback(error);
}

// On an ESP32 the firmware opens a REPL on port 23 to anyone on the network, without a password (2v29). C3 builds have none.
function shutTelnet(): void {
  try {
    require("TelnetServer").setOptions({ mode: "off" });
  } catch (missing) {
    return;
  }
}

/** Whether the board has an address on the network. */
export function isJoined(): boolean {
  return link.isJoined;
}

// Gives why the network cannot be joined, now or later.
function prepare(settings: Settings): BoardError | undefined {
  const wanted = settings.wifi;
  if (!wanted || typeof wanted.ssid !== "string") return makeError("E_SETTINGS", "settings", "wifi.ssid");
  if (link.network) leave();
  try {
    const wifi = require("Wifi");
    wifi.on("associated", onAssociated);
    wifi.on("connected", onConnected);
    wifi.on("disconnected", onDisconnected);
  } catch (missing) {
    return makeError("E_WIFI", "wifi", "no Wifi module");
  }
  if (!wanted.telnet) shutTelnet();
  link.network = wanted;
  link.pauseMs = REJOIN_FIRST_MS;
  return undefined;
}

/**
 * Joins the network of `settings.wifi` within 30 s and calls back once. From then on a lost network is joined again, with
 * pauses from 1 s to 60 s, until `leave()`. Errors: E_SETTINGS, E_WIFI_PASSWORD, E_WIFI_NOT_FOUND, E_WIFI_NO_ADDRESS
 * (joined, but DHCP is silent), E_WIFI_TIMEOUT, E_WIFI (another reason of the firmware, or no WiFi in it).
 */
export function join(settings: Settings, callback: JoinCallback): void {
  const refusal = prepare(settings);
  if (refusal) {
    callback(refusal);
    return;
  }
  link.callback = callback;
  startJoin(onFirstJoinEnd);
}

/**
 * Joins the network of `settings.wifi` and never gives up: not when the first attempt fails, nor after a loss that the firmware does
 * not tell. Attempts and pauses are those of `join`, until `leave()`; each change is printed and told. Raises E_SETTINGS, and E_WIFI on
 * firmware without WiFi; the errors that are told are those of `join`.
 */
export function stayJoined(settings: Settings, watcher: LinkWatcher): void {
  const refusal = prepare(settings);
  if (refusal) throw refusal;
  link.watcher = watcher;
  startJoin(onRejoinEnd);
}
