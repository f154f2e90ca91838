// A reading every so many seconds, kept in flash until a server has it: over power cuts, dead networks and dead servers, for ever.
// Settings: telemetry = { url, intervalS?, readings?, token? }.
import ca from "../certs/isrg-root-x1.pem";
import { bearer } from "../modules/authorization";
import { bootSucceeded } from "../modules/boot";
import { isClockSet, sync } from "../modules/clock";
import { createDelivery } from "../modules/delivery";
import type { Delivery } from "../modules/delivery";
import type { BoardError } from "../modules/errors";
import { openOutbox } from "../modules/outbox";
import type { Outbox } from "../modules/outbox";
import { done, failed } from "../modules/outcome";
import { readSettings, settingsOf } from "../modules/settings";
import type { Settings } from "../modules/settings";
import { extendStatus } from "../modules/status";
import { stayOnline } from "../modules/stay-online";
import { uptimeS } from "../modules/uptime";
import { expectSign, startWatchdog } from "../modules/watchdog";

interface Station {
  settings: Settings;
  intervalS: number;
  /** After so many delivered readings the program is done; 0: never. */
  readings: number;
  outbox: Outbox;
  delivery?: Delivery;
  isDone?: boolean;
}

// Below the 55 s for which a connection is kept: a handshake costs more than all the rest.
const INTERVAL_S = 30;

// What this board knows without a sensor. Put your own in its place.
function measure(): object {
  const reading: Record<string, number> = { uptimeS: Math.round(uptimeS()), freeVariables: process.memory().free };
  const celsius = E.getTemperature();
  const rssi = require("Wifi").getStatus().rssi;
  if (!isNaN(celsius)) reading["celsius"] = celsius;
  if (rssi) reading["rssiDbm"] = rssi;
  return reading;
}

function putReading(station: Station): void {
  const reading = JSON.stringify(measure());
  const number = station.outbox.put(reading);
  console.log("Reading " + number + ": " + reading + ", " + station.outbox.status().queued + " queued");
  station.delivery!.wake();
}

// Without the time a reading is worth nothing: after a boot none is taken until the clock is set.
function read(station: Station): void {
  const pauseMs = station.intervalS * 1000;
  if (station.isDone) return expectSign("readings", 0);
  expectSign("readings", pauseMs);
  setTimeout(read, pauseMs, station);
  try {
    if (isClockSet()) putReading(station);
  } catch (error: any) {
    console.log("Reading lost: " + error.code + " in " + error.phase + ": " + error.message);
  }
}

function onDelivered(station: Station, delivered: number): void {
  if (station.isDone || !station.readings || delivered < station.readings) return;
  station.isDone = true;
  done();
}

function restart(reason: BoardError): void {
  console.log("The board restarts: " + reason.code + " in " + reason.phase);
  bootSucceeded();
  E.reboot();
}

// A restart costs the clock. Where nobody tells the time it would stop the readings, and the network is at fault, not the board.
function onStuck(station: Station, reason: BoardError): void {
  if (reason.code === "E_SOCKETS_LOST") restart(reason);
  else sync(station.settings, (error) => error || restart(reason));
}

function start(settings: Settings): void {
  const wanted = settingsOf(settings, "telemetry", ["url"]);
  const station: Station = { settings, intervalS: wanted.intervalS || INTERVAL_S, readings: wanted.readings || 0, outbox: openOutbox({ whenFull: "drop-oldest" }) };
  const delivery = createDelivery({
    url: wanted.url, ca, settings, outbox: station.outbox, headers: wanted.token ? { Authorization: bearer(wanted.token) } : {},
    onDelivered: onDelivered.bind(undefined, station), onStuck: onStuck.bind(undefined, station), onSign: expectSign.bind(undefined, "delivery"),
  });
  station.delivery = delivery;
  extendStatus(() => ({ telemetry: Object.assign(station.outbox.status(), delivery.status()) }));
  startWatchdog();
  stayOnline(settings, { onUp: delivery.resume, onDown: delivery.pause, onSign: expectSign });
  if (!isClockSet()) console.log("Readings begin when the clock is set");
  read(station);
}

try {
  start(readSettings());
} catch (error: any) {
  failed(error);
}
