import dgram from "node:dgram";
import { LOOPBACK } from "./loopback.ts";
import { toNtpTimestamp } from "./ntp-timestamp.ts";

/** How an answer can be wrong, or missing; each is a reason for a client to refuse it. */
export type TimeMisbehaviour = keyof typeof SPOILERS;

export interface TimeServerOptions {
  misbehaviour?: TimeMisbehaviour;
  /** Added to this computer's time, in ms. */
  offsetMs?: number;
  log?: (line: string) => void;
}

export interface TimeServer {
  port: number;
  /** `127.0.0.1:PORT`, as the settings' `connectTo` wants it. */
  address: string;
  /** Every datagram received, oldest first. */
  readonly requests: Buffer[];
  /** Closes the socket; may be called twice. */
  stop(): Promise<void>;
}

/** An SNTP message without authentication (RFC 4330 4). */
const PACKET_BYTES = 48;
const CLIENT_MODE = 3;
const SERVER_MODE = 4;
const BROADCAST_MODE = 5;
const LEAP_ALARM = 3;
const STRATUM = 2;
const UNSYNCHRONISED_STRATUM = 16;
/** Exponent of two, in seconds: this computer's clock is read to the millisecond. */
const PRECISION_EXPONENT = -10;
/** In units of 2^-16 s: 1 ms to the root and back, and as much uncertainty. */
const ROOT_DELAY = 66;
/** When this server was last set itself. */
const REFERENCE_AGE_MS = 30_000;
const OFFSET = { stratum: 1, poll: 2, precision: 3, delay: 4, dispersion: 8, id: 12, set: 16, originate: 24 };
const RECEIVE_OFFSET = 32;
const TRANSMIT_OFFSET = 40;

/** Each takes the right answer and gives what is sent instead; undefined: nothing. */
const SPOILERS = {
  silent: () => undefined,
  "wrong-originate": (answer: Buffer) => {
    answer[OFFSET.originate + 7]! ^= 0x01;
    return answer;
  },
  /** RFC 5905 7.4: stratum 0 and a code, here "slow down". */
  "kiss-of-death": (answer: Buffer) => {
    answer[OFFSET.stratum] = 0;
    answer.write("RATE", OFFSET.id, "latin1");
    return answer;
  },
  "wrong-mode": (answer: Buffer) => withFlags(answer, answer[0]! >> 6, BROADCAST_MODE),
  unsynchronised: (answer: Buffer) => {
    answer[OFFSET.stratum] = UNSYNCHRONISED_STRATUM;
    return withFlags(answer, LEAP_ALARM, SERVER_MODE);
  },
  "zero-transmit": (answer: Buffer) => answer.fill(0, TRANSMIT_OFFSET),
  short: (answer: Buffer) => answer.subarray(0, PACKET_BYTES - 1),
} satisfies Record<string, (answer: Buffer) => Buffer | undefined>;

/**
 * Starts an SNTP server (RFC 4330, RFC 5905) on a free UDP port of 127.0.0.1. It answers client requests of 48 bytes
 * and more in kind, and nothing else.
 */
export async function startTimeServer(options: TimeServerOptions = {}): Promise<TimeServer> {
  const requests: Buffer[] = [];
  const socket = dgram.createSocket("udp4");
  socket.on("message", (request, peer) => {
    requests.push(request);
    const answer = answerTo(request, options);
    options.log?.(`time: request of ${request.length} bytes, ${answer ? "answered" : "not answered"}`);
    // A client that has gone away is no concern of the server.
    if (answer) socket.send(answer, peer.port, peer.address, () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, LOOPBACK, resolve);
  });
  const { port } = socket.address();
  return { port, address: `${LOOPBACK}:${port}`, requests, stop: stopOnce(socket) };
}

function stopOnce(socket: dgram.Socket): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= new Promise((resolve) => socket.close(resolve)));
}

function answerTo(request: Buffer, options: TimeServerOptions): Buffer | undefined {
  if (request.length < PACKET_BYTES || (request[0]! & 7) !== CLIENT_MODE) return undefined;
  const answer = correctAnswer(request, Date.now() + (options.offsetMs ?? 0));
  return options.misbehaviour ? SPOILERS[options.misbehaviour](answer) : answer;
}

function correctAnswer(request: Buffer, nowMs: number): Buffer {
  const answer = Buffer.alloc(PACKET_BYTES);
  // The version goes back as it came.
  answer[0] = request[0]!;
  withFlags(answer, 0, SERVER_MODE);
  answer[OFFSET.stratum] = STRATUM;
  answer[OFFSET.poll] = request[OFFSET.poll]!;
  answer.writeInt8(PRECISION_EXPONENT, OFFSET.precision);
  answer.writeUInt32BE(ROOT_DELAY, OFFSET.delay);
  answer.writeUInt32BE(ROOT_DELAY, OFFSET.dispersion);
  // A stratum 2 server names the IPv4 address it is set from.
  Buffer.from(LOOPBACK.split(".").map(Number)).copy(answer, OFFSET.id);
  toNtpTimestamp(nowMs - REFERENCE_AGE_MS).copy(answer, OFFSET.set);
  request.copy(answer, OFFSET.originate, TRANSMIT_OFFSET, PACKET_BYTES);
  toNtpTimestamp(nowMs).copy(answer, RECEIVE_OFFSET);
  toNtpTimestamp(nowMs).copy(answer, TRANSMIT_OFFSET);
  return answer;
}

function withFlags(answer: Buffer, leap: number, mode: number): Buffer {
  answer[0] = (leap << 6) | (answer[0]! & 0x38) | mode;
  return answer;
}
