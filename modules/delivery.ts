// Brings what waits in the outbox to a server, in batches, oldest first, for ever. docs/telemetry.md says what is sent, and what becomes
// of each answer.
import { createBackoff, pauseMs } from "./backoff";
import type { Backoff } from "./backoff";
import { request } from "./client";
import type { RequestCallback, RequestHandle } from "./client";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { RequestHeaders } from "./http/request";
import type { ResponseHead } from "./http/response-parser";
import { keepAlive } from "./keep-alive";
import type { Entry, Outbox } from "./outbox";
import type { RequestOptions } from "./request-options";
import { readRetryAfter } from "./retry-after";
import { uptimeS } from "./uptime";
import type { TlsOptions } from "./verification";

export interface DeliveryOptions extends TlsOptions {
  /** Takes a POST with a JSON array of `{id, timeS, data}`. */
  url: string;
  /** Its records are JSON texts. */
  outbox: Outbox;
  /** Beside Content-Type and Idempotency-Key. */
  headers?: RequestHeaders;
  /** Default: that of modules/client.ts. */
  request?(options: RequestOptions, callback: RequestCallback): RequestHandle;
  /** Called after each batch that the server has taken, with the number of records taken so far. */
  onDelivered?(delivered: number): void;
  /** Called with what only a restart may cure: E_SOCKETS_LOST, or the last error of an hour without any answer. */
  onStuck?(error: BoardError): void;
  /** The delivery will be heard of again within so many milliseconds; 0: not before something is put. */
  onSign?(withinMs: number): void;
}

export interface DeliveryStatus {
  /** Records that the server has taken since the start. */
  delivered: number;
  /** Records that it will never take: they were printed and removed. */
  refused: number;
  /** The last answer's status, or "CODE in phase". */
  last: number | string | undefined;
}

export interface Delivery {
  /** The network is there: begins, or goes on. */
  resume(): void;
  /** The network is gone: ends a request under way at once, and rests until resume(). */
  pause(): void;
  /** Something was put. */
  wake(): void;
  status(): DeliveryStatus;
}

/** @internal */
interface Sender {
  wanted: DeliveryOptions;
  isOnline: boolean;
  send(sender: Sender): void;
  handle?: RequestHandle | undefined;
  timer?: TimerId | undefined;
  /** Records of a batch: what the server may be sent, and what it is sent next. */
  most: number;
  next: number;
  /** Of the batch under way: records, how many the outbox had dropped before, and what was answered. */
  count: number;
  droppedBefore: number;
  statusCode: number;
  retryAfterMs: number;
  backoff: Backoff;
  /** In a row. */
  failures: number;
  silentSinceS: number | undefined;
  delivered: number;
  refused: number;
  last?: number | string;
}

// A batch takes the variables of its bytes three times (records, body, what is being sent): 2,000 bytes about a tenth of a C3's 4,095.
const BATCH_RECORDS = 20;
const BATCH_BYTES = 2000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300000;
// By then the longest pause is reached.
const MANY_FAILURES = 20;
// A minute for the request itself, another for the one before in the line, and the close.
const REQUEST_MS = 125000;
// So long without any answer, though joined, may be the board's own fault: sockets or heap that the firmware has lost. A restart takes
// seconds; more often than hourly it would only wear.
const STUCK_S = 3600;

function sign(sender: Sender, withinMs: number): void {
  if (sender.wanted.onSign) sender.wanted.onSign(withinMs);
}

function rest(sender: Sender, afterMs: number): void {
  sender.timer = setTimeout(sender.send, afterMs, sender);
  sign(sender, afterMs || 1);
}

function recordText(entry: Entry): string {
  return '{"id":"' + entry.id + '","timeS":' + entry.timeS + ',"data":' + entry.data + "}";
}

// The same records, the same key, whichever attempt it is (draft-ietf-httpapi-idempotency-key-header: a string in quotes).
function keyOf(entries: Entry[]): string {
  return '"' + entries[0]!.id + "/" + entries[entries.length - 1]!.id + "/" + entries.length + '"';
}

// The status alone decides: once it is there, the body is of no interest, however it ends.
function onHead(sender: Sender, head: ResponseHead): void {
  const retryAfter = head.headers["retry-after"];
  sender.statusCode = head.statusCode;
  sender.retryAfterMs = retryAfter === undefined ? 0 : readRetryAfter(retryAfter, 0) * 1000;
}

function ignore(): void {
  return;
}

// Of the batch, what the outbox has not dropped meanwhile for newer records.
function removeSent(sender: Sender): void {
  const outbox = sender.wanted.outbox;
  const left = sender.count - (outbox.status().dropped - sender.droppedBefore);
  if (left > 0) outbox.remove(left);
}

function succeed(sender: Sender): void {
  removeSent(sender);
  sender.delivered += sender.count;
  sender.failures = 0;
  sender.silentSinceS = undefined;
  sender.next = sender.most;
  const queued = sender.wanted.outbox.status().queued;
  console.log("Delivered " + sender.delivered + ", " + queued + " queued, " + sender.last);
  if (queued) rest(sender, 0);
  else sign(sender, 0);
  if (sender.wanted.onDelivered) sender.wanted.onDelivered(sender.delivered);
}

// RFC 9110 15.5: what is sent is at fault, and will be the next time.
function isRefusal(statusCode: number): boolean {
  return statusCode === 400 || statusCode === 413 || statusCode === 422;
}

// Printed as a whole: nothing vanishes unsaid.
function refuseOldest(sender: Sender): void {
  const entry = sender.wanted.outbox.peek(1, 1)[0]!;
  if (sender.wanted.outbox.status().dropped === sender.droppedBefore) {
    console.log("Refused by the server, " + sender.last + ": " + recordText(entry));
    removeSent(sender);
    sender.refused++;
  }
  sender.next = sender.most;
}

// One record of the batch is bad, or the batch is too long: halves find it, or are short enough.
function halve(sender: Sender): void {
  sender.next = sender.count >> 1;
  if (sender.statusCode === 413) sender.most = sender.next;
  rest(sender, 0);
}

// What is wrong with the address, the credentials or the method is mended by people: all waits, and is tried seldom.
function isForPeople(statusCode: number, error: BoardError | undefined): boolean {
  if (!statusCode) return !!error && (error.phase === "options" || error.phase === "settings");
  return statusCode < 500 && statusCode !== 408 && statusCode !== 425 && statusCode !== 429 && !isRefusal(statusCode);
}

// After what is for people: as after many failures, but no sooner than half of it.
function pauseAfter(sender: Sender, error: BoardError | undefined): number {
  const forPeople = isForPeople(sender.statusCode, error);
  const pause = pauseMs(sender.backoff, forPeople ? MANY_FAILURES : sender.failures);
  return Math.max(forPeople ? (LONGEST_PAUSE_MS + pause) / 2 : pause, sender.retryAfterMs);
}

// An answer of any kind shows that the board is well.
function noteSilence(sender: Sender, error: BoardError): void {
  const now = uptimeS();
  if (sender.statusCode) sender.silentSinceS = undefined;
  else if (sender.silentSinceS === undefined) sender.silentSinceS = now;
  const isStuck = sender.silentSinceS !== undefined && now - sender.silentSinceS > STUCK_S;
  if (isStuck) sender.silentSinceS = now;
  if (sender.wanted.onStuck && (isStuck || error.code === "E_SOCKETS_LOST")) sender.wanted.onStuck(error);
}

function fail(sender: Sender, error: BoardError): void {
  sender.next = sender.count;
  if (isRefusal(sender.statusCode)) {
    if (sender.count > 1) return halve(sender);
    refuseOldest(sender);
  }
  sender.failures++;
  const afterMs = Math.round(pauseAfter(sender, error));
  console.log("Not delivered: " + error.code + " in " + error.phase + ": " + error.message + ", " + sender.wanted.outbox.status().queued + " queued, again in " + afterMs + " ms");
  rest(sender, afterMs);
  noteSilence(sender, error);
}

function onEnd(sender: Sender, error: BoardError | undefined): void {
  const statusCode = sender.statusCode;
  sender.handle = undefined;
  sender.last = statusCode || error!.code + " in " + error!.phase;
  if (statusCode >= 200 && statusCode < 300) succeed(sender);
  else if (!sender.isOnline) sign(sender, 0);
  else if (error && error.code === "E_ABORTED") rest(sender, 0);
  else fail(sender, statusCode ? makeError("E_STATUS", "response", "" + statusCode) : error!);
}

function post(sender: Sender, entries: Entry[]): void {
  const wanted = sender.wanted;
  const headers: RequestHeaders = Object.assign({}, wanted.headers || {});
  headers["Content-Type"] = "application/json";
  headers["Idempotency-Key"] = keyOf(entries);
  const options: RequestOptions = Object.assign({}, wanted as object);
  options.method = "POST";
  options.agent = keepAlive;
  options.headers = headers;
  options.body = "[" + entries.map(recordText).join(",") + "]";
  options.onHead = onHead.bind(undefined, sender);
  options.onData = ignore;
  sender.handle = (wanted.request || request)(options, onEnd.bind(undefined, sender));
}

function send(sender: Sender): void {
  sender.timer = undefined;
  const entries = sender.wanted.outbox.peek(sender.next, BATCH_BYTES);
  sender.count = entries.length;
  sender.statusCode = sender.retryAfterMs = 0;
  sender.droppedBefore = sender.wanted.outbox.status().dropped;
  sign(sender, entries.length && REQUEST_MS);
  if (entries.length) post(sender, entries);
}

function wake(sender: Sender): void {
  if (sender.isOnline && !sender.timer && !sender.handle) rest(sender, 0);
}

function resume(sender: Sender): void {
  sender.isOnline = true;
  sender.failures = 0;
  wake(sender);
}

function pause(sender: Sender): void {
  sender.isOnline = false;
  sender.silentSinceS = undefined;
  if (sender.timer) clearTimeout(sender.timer);
  sender.timer = undefined;
  if (sender.handle) sender.handle.abort();
  else sign(sender, 0);
}

function status(sender: Sender): DeliveryStatus {
  return { delivered: sender.delivered, refused: sender.refused, last: sender.last };
}

/**
 * Makes a delivery that rests until resume(). It sends a record as soon as wake() says that one was put, prints a line for each
 * attempt, and removes a record only after a 2xx, or when the server has refused it alone (400, 413, 422). Everything else waits and is
 * tried again: after 1 s at most, then 2, up to 5 minutes, and not before Retry-After. Not to be called while TLS is open. Raises E_RANDOM.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const sender: Sender = {
    wanted: options, isOnline: false, send, most: BATCH_RECORDS, next: BATCH_RECORDS, count: 0, droppedBefore: 0, statusCode: 0, retryAfterMs: 0,
    backoff: createBackoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS), failures: 0, silentSinceS: undefined, delivered: 0, refused: 0,
  };
  return {
    resume: resume.bind(undefined, sender), pause: pause.bind(undefined, sender), wake: wake.bind(undefined, sender), status: status.bind(undefined, sender),
  };
}
