// Joins a WiFi network and stays on it.
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { Settings, WifiSettings } from "./settings";

// The firmware tries three times by itself, each of up to 5 s, and then waits for DHCP without end.
export const JOIN_DEADLINE_MS = 30000;
// After a loss the firmware tries twice in silence and then gives up for good: from there on it is ours to try.
export const REJOIN_FIRST_MS = 1000;
export const REJOIN_LONGEST_MS = 60000;

type JoinCallback = (error: BoardError | undefined) => void;

/** @internal */
export interface Link {
  network?: WifiSettings | undefined;
  /** Who waits for the first join. */
  callback?: JoinCallback | undefined;
  /** Who waits for the attempt under way. */
  pending?: JoinCallback | undefined;
  /** Who goes on after a loss. */
  onLost?(reason: string): void;
  /** A deadline, or the pause before the network is joined again. */
  timer?: TimerId | undefined;
  isAssociated: boolean;
  isJoined: boolean;
  attempt: number;
  pauseMs: number;
}

/** One radio, so one state. @internal */
export const link: Link = {
  isAssociated: false,
  isJoined: false,
  attempt: 0,
  pauseMs: REJOIN_FIRST_MS,
};

/** Lets go of the deadline, or of the pause. @internal */
export function stopTimer(): void {
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

/** One attempt to join the network that prepareLink() has noted; calls back once, within 30 s. @internal */
export function startJoin(onEnd: JoinCallback): void {
  const network = link.network!;
  link.attempt++;
  link.pending = onEnd;
  link.isAssociated = false;
  link.timer = setTimeout(onDeadline, JOIN_DEADLINE_MS);
  require("Wifi").connect(network.ssid, { password: network.password }, onAnswer.bind(undefined, link.attempt));
}

function rejoinLater(onEnd: JoinCallback): void {
  console.log("WiFi: again in " + link.pauseMs + " ms");
  stopTimer();
  link.timer = setTimeout(startJoin, link.pauseMs, onEnd);
  link.pauseMs = Math.min(link.pauseMs * 2, REJOIN_LONGEST_MS);
}

function onRejoinEnd(error: BoardError | undefined): void {
  stopTimer();
  link.isJoined = !error;
  if (error) {
    rejoinLater(onRejoinEnd);
  } else {
    link.pauseMs = REJOIN_FIRST_MS;
    console.log("WiFi: back");
  }
}

function onLost(): void {
  rejoinLater(onRejoinEnd);
}

function onDisconnected(details: { msg?: string; reason?: string }): void {
  const reason = "" + (details.msg || details.reason);
  if (!link.isJoined) return;
  link.isJoined = false;
  console.log("WiFi: lost, " + reason);
  link.onLost!(reason);
}

/** Leaves the network and stops joining it again; a join() that is still waited for ends with E_ABORTED. */
export function leave(): void {
  const wifi = require("Wifi");
  const callback = link.callback;
  stopTimer();
  link.callback = link.pending = link.network = undefined;
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

/**
 * Notes whom to join and who goes on after a loss, and leaves the network before. Gives why it cannot be joined: E_SETTINGS, or E_WIFI
 * on firmware without WiFi. @internal
 */
export function prepareLink(settings: Settings, lost: (reason: string) => void): BoardError | undefined {
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
  link.onLost = lost;
  return undefined;
}

/**
 * Joins the network of `settings.wifi` within 30 s and calls back once. From then on a lost network is joined again, with
 * pauses from 1 s to 60 s, until `leave()`. Errors: E_SETTINGS, E_WIFI_PASSWORD, E_WIFI_NOT_FOUND, E_WIFI_NO_ADDRESS
 * (joined, but DHCP is silent), E_WIFI_TIMEOUT, E_WIFI (another reason of the firmware, or no WiFi in it).
 */
export function join(settings: Settings, callback: JoinCallback): void {
  const refusal = prepareLink(settings, onLost);
  if (refusal) {
    callback(refusal);
    return;
  }
  link.callback = callback;
  startJoin(onFirstJoinEnd);
}
