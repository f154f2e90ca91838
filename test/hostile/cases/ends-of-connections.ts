// Servers that fall silent, drip, close or reset, at every stage: over plain TCP, and over TLS once the handshake is over.
import type { HostileCase, Play } from "../play.ts";

const IDLE = { idleMs: 300 };
const FIRST_BYTE = { firstByteMs: 300 };
/** Above a drip's interval, so that only the total can end it. */
const DRIPS = { idleMs: 400, totalMs: 700 };

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HALF_STATUS = "HTTP/1.1 20";
const HALF_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: te";
const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
const HALF_BODY = `${HEAD}0123456789`;
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const HALF_CHUNK_SIZE = `${CHUNKED}5\r\nhello\r\n1`;
const HALF_CHUNK = `${CHUNKED}a\r\n01234`;
const AFTER_CHUNK = `${CHUNKED}5\r\nhello`;
const HALF_TRAILER = `${CHUNKED}0\r\nX-A: 1\r\n`;
const UNFRAMED = "HTTP/1.1 200 OK\r\n\r\n0123456789";

interface Stage {
  stage: string;
  answer?: string;
  silent: string;
  drips?: string;
  /** Closed or reset. */
  ended: string;
}

/** Where an answer can stop, and what that must be called. */
const STAGES: Stage[] = [
  { stage: "before the first byte", silent: "E_TIMEOUT_FIRST_BYTE in first-byte", ended: "E_NO_RESPONSE in first-byte" },
  { stage: "in the status line", answer: HALF_STATUS, silent: "E_TIMEOUT_IDLE in head", ended: "E_TRUNCATED in head" },
  { stage: "in the head", answer: HALF_HEAD, silent: "E_TIMEOUT_IDLE in head", drips: "E_TIMEOUT_TOTAL in head", ended: "E_TRUNCATED in head" },
  { stage: "after the head", answer: HEAD, silent: "E_TIMEOUT_IDLE in body", ended: "E_TRUNCATED in body" },
  { stage: "in the body", answer: HALF_BODY, silent: "E_TIMEOUT_IDLE in body", drips: "E_TIMEOUT_TOTAL in body", ended: "E_TRUNCATED in body" },
  { stage: "in a chunk's size", answer: HALF_CHUNK_SIZE, silent: "E_TIMEOUT_IDLE in body", ended: "E_TRUNCATED in body" },
  { stage: "in a chunk", answer: HALF_CHUNK, silent: "E_TIMEOUT_IDLE in body", ended: "E_TRUNCATED in body" },
  { stage: "after a chunk", answer: AFTER_CHUNK, silent: "E_TIMEOUT_IDLE in body", ended: "E_TRUNCATED in body" },
  { stage: "in the trailers", answer: HALF_TRAILER, silent: "E_TIMEOUT_IDLE in body", ended: "E_TRUNCATED in body" },
  { stage: "in a body up to the close", answer: UNFRAMED, silent: "E_TIMEOUT_IDLE in body", drips: "E_TIMEOUT_TOTAL in body", ended: "200" },
];

function casesOf({ stage, answer, silent, drips, ended }: Stage, isSecure: boolean): HostileCase[] {
  const over = isSecure ? { tls: ({ good }: { good: object }) => good } : {};
  const where = `${stage}${isSecure ? ", TLS" : ""}`;
  const play = (then: Play["then"]): Play => ({ ...(answer !== undefined && { answer }), then: then! });
  const cut = ended === "200" ? "E_TRUNCATED in body" : ended;
  return [
    { name: `silent ${where}`, ...over, server: play("waits"), deadlines: answer === undefined ? FIRST_BYTE : IDLE, ends: silent },
    ...(drips ? [{ name: `a byte at a time ${where}`, ...over, server: play("drips"), deadlines: DRIPS, ends: drips }] : []),
    { name: `closed ${where}`, ...over, server: play("closes"), ends: ended },
    ...(isSecure ? [{ name: `closed without close_notify ${where}`, ...over, server: play("closes without notify"), ends: cut }] : []),
    { name: `reset ${where}`, ...over, server: play("resets"), ends: isSecure ? cut : ended },
  ];
}

/** Over TLS only where the transport can make a difference. */
const SECURE_STAGES = ["before the first byte", "in the head", "in the body", "in a body up to the close"];

export const ENDS_OF_CONNECTIONS: HostileCase[] = [
  ...STAGES.flatMap((stage) => casesOf(stage, false)),
  ...STAGES.filter(({ stage }) => SECURE_STAGES.includes(stage)).flatMap((stage) => casesOf(stage, true)),
  { name: "closed at once", server: { starts: "at once", then: "closes" }, ends: "E_NO_RESPONSE in first-byte" },
  { name: "reset at once", server: { starts: "at once", then: "resets" }, ends: ["E_NO_RESPONSE in first-byte", "E_RESET in request"] },
  {
    name: "does not read a long request", server: { starts: "at once" }, options: { method: "POST", headers: { "Content-Length": 1e9 } }, pieces: 1e6,
    deadlines: { idleMs: 5_000, totalMs: 900 }, ends: "E_TIMEOUT_TOTAL in request",
  },
  {
    name: "answers before it has read the request, and closes", server: { starts: "at once", answer: "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n", then: "closes" },
    options: { method: "POST", headers: { "Content-Length": 1e6 } }, pieces: 1_000, ends: "413",
  },
  { name: "answers before the request, and keeps silent", server: { starts: "at once", answer: "HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n" }, ends: "408" },
];
