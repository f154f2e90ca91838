// One question to one time server (SNTP, RFC 4330).
import { lookUpHost } from "./dns";
import type { LookUp } from "./dns";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { randomBytes } from "./random";
import { routeTo } from "./route";
import type { Route } from "./route";
import type { Settings } from "./settings";

const PORT = 123;
// For the look-up and the answer together; a datagram may be lost, and then the next server is asked.
const DEADLINE_MS = 5000;
const PACKET_BYTES = 48;
// Version 4, mode 3 (client), then 39 bytes that a client leaves 0; its transmit time stamp follows (RFC 4330 4).
const QUESTION_START = "\x23" + new Array(40).join("\0");
const NONCE_BYTES = 8;
// Seconds from 1900, where NTP counts from, to 1970; and one era of 32 bits, which ends in 2036 (RFC 4330 3).
const SECONDS_1900_TO_1970 = 2208988800;
const ERA_SECONDS = 4294967296;

/** `timeS`: seconds since 1970, now, by the server. */
export type TimeCallback = (error: BoardError | undefined, timeS?: number) => void;

interface Question {
  host: string;
  onTime: TimeCallback;
  nonce: string;
  sentAtS: number;
  route: Route;
  lookUp?: LookUp;
  datagrams?: FirmwareDatagramSocket;
  timer?: TimerId;
}

// The server's transmit time stamp, to a 256th of a second; its first half of an era belongs to the one from 2036.
function readTransmitTime(packet: string): number {
  let seconds = 0;
  for (let i = 40; i < 44; i++) seconds = seconds * 256 + packet.charCodeAt(i);
  return seconds + (seconds < ERA_SECONDS / 2 ? ERA_SECONDS : 0) - SECONDS_1900_TO_1970 + packet.charCodeAt(44) / 256;
}

// RFC 4330 5: what makes an answer unusable, in words.
function answerFault(packet: string): string | undefined {
  const leapAndMode = packet.charCodeAt(0);
  const stratum = packet.charCodeAt(1);
  if ((leapAndMode & 7) !== 4) return "not a server";
  if (stratum === 0) return packet.substr(12, 4);
  if (stratum > 15 || leapAndMode >> 6 === 3) return "its clock is not set";
  if (packet.substr(40, 4) === "\0\0\0\0") return "no time";
  if (readTransmitTime(packet) < BUILD_TIME_S) return "before this build";
  return undefined;
}

function closeDatagrams(socket: FirmwareDatagramSocket): void {
  socket.close();
}

// The socket is closed later: this may run inside its own message event.
function settle(question: Question, error: BoardError | undefined, timeS?: number): void {
  question.lookUp!.onFound = undefined;
  if (question.timer) clearTimeout(question.timer);
  if (question.datagrams) {
    question.datagrams.removeAllListeners("message");
    setTimeout(closeDatagrams, 0, question.datagrams);
  }
  question.onTime(error, timeS);
}

// The random time stamp of ours must come back: a host that does not see our packets cannot set the clock that judges
// certificates. What does not carry it is no answer, and the wait goes on.
function onMessage(question: Question, packet: string): void {
  if (packet.length < PACKET_BYTES || packet.substr(24, NONCE_BYTES) !== question.nonce) return;
  const fault = answerFault(packet);
  if (fault) settle(question, makeError("E_CLOCK_ANSWER", "clock", question.host + ": " + fault));
  else settle(question, undefined, readTransmitTime(packet) + (getTime() - question.sentAtS) / 2);
}

function onDeadline(question: Question): void {
  question.timer = undefined;
  settle(question, makeError("E_CLOCK_TIMEOUT", "clock", question.host, { afterMs: DEADLINE_MS }));
}

function onAddress(question: Question, error: BoardError | undefined, address: string): void {
  if (error) {
    settle(question, error);
    return;
  }
  const socket = require("dgram").createSocket("udp4");
  question.datagrams = socket;
  socket.on("message", onMessage.bind(undefined, question));
  question.sentAtS = getTime();
  socket.send(QUESTION_START + question.nonce, 0, PACKET_BYTES, question.route.port, address);
}

/**
 * Asks one server for the time and calls back once, not synchronously, within 5 s. Errors: E_DNS, E_CLOCK_TIMEOUT,
 * E_CLOCK_ANSWER (the server answered with something that is no time). Raises E_RANDOM, E_SETTINGS.
 */
export function askTime(settings: Settings, server: string, onTime: TimeCallback): void {
  const question: Question = { host: server, onTime, nonce: randomBytes(NONCE_BYTES), sentAtS: 0, route: routeTo(settings, server, PORT) };
  question.timer = setTimeout(onDeadline, DEADLINE_MS, question);
  question.lookUp = lookUpHost(question.route.host, onAddress.bind(undefined, question));
}
