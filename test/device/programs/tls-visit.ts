// One request to a server with TLS, to be started by a test and interrupted while it runs.
import { request } from "../../../modules/client";
import { readSettings } from "../../../modules/settings";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";

const POLL_MS = 5;
// Longer than any deadline of the request.
const LOOKS = 200;
// A handshake with a server on this computer takes some 30 ms.
const DEADLINES = { connectMs: 50, handshakeMs: 100, firstByteMs: 100, idleMs: 100, totalMs: 500 };

const settings = readSettings();
const ca = "" + require("Storage").read("ca");

function isQuiet(): boolean {
  return typeof ssl === "undefined" || Object.keys(ssl!).length === 0;
}

function answerWhenQuiet(looks: number): void {
  if (isQuiet()) answer("quiet");
  else if (looks === 0) answer("open");
  else setTimeout(answerWhenQuiet, POLL_MS, looks - 1);
}

// The firmware calls these from the console; what they start is interrupted, never what waits.
offer("visit", () => {
  request({ url: settings["url"], ca, pins: settings["wantedPins"], settings, deadlines: DEADLINES }, (error) => answer(error ? error.code : "ok"));
});

offer("untilQuiet", () => {
  setTimeout(answerWhenQuiet, 0, LOOKS);
});

join(settings, (error) => answer(error || "ready"));
