// modules/client's request, which tries again after what passes by itself. One retrier for each service: its breaker is for all requests.
//
//   attempt -> its end -> may be repeated, attempts and time are left -> pause -> attempt ...
//                      -> callback
import { createBackoff, pauseMs } from "./backoff";
import type { Backoff } from "./backoff";
import { breakerState, createBreaker, enterBreaker, refusedForMs, tellBreaker } from "./breaker";
import type { Breaker } from "./breaker";
import { request } from "./client";
import type { RequestHandle, Response } from "./client";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { ResponseHead } from "./http/response-parser";
import { DEADLINES, withDefaults } from "./limits";
import { isTransient, mayRepeat } from "./repeatable";
import type { RequestOptions } from "./request-options";
import { readRetryAfter } from "./retry-after";

/** What a retrier does where its program says nothing. */
export const RETRY_DEFAULTS = {
  // With pauses of at most 1, 2 and 4 s: a server that restarts is back by then, and what is not back has time until the next reading.
  attempts: 4,
  // As long as the handshake of the next attempt takes an ESP32.
  firstPauseMs: 1000,
  // Fewer than two requests a minute are no burden, even of a thousand boards.
  longestPauseMs: 30000,
  // Twice what a single request may take.
  totalMs: 120000,
  // Two requests that failed in all their attempts.
  breakerFailures: 8,
  breakerRestMs: 30000,
  // So much later than the server itself the board is back, at worst.
  breakerLongestRestMs: 600000,
};

export interface RetryResponse extends Response {
  /** How many requests were made. */
  attempts: number;
}

export type RetryCallback = (error: BoardError | undefined, response?: RetryResponse) => void;

export interface RetryPolicy extends Partial<typeof RETRY_DEFAULTS> {
  /** Called before each pause, with the number of attempts made and what the last of them ended in. */
  onRetry?(attempts: number, ending: BoardError | Response, pauseMs: number): void;
  /** What makes an attempt; default modules/client's `request`, of whose kind it must be. */
  request?(options: any, callback: any): RequestHandle;
}

export interface RetryStatus {
  /** "closed", "open" or "half-open". */
  breaker: string;
  /** In a row. */
  failures: number;
  /** How long requests are refused for. */
  retryAfterS: number;
}

export interface Retrier {
  /** Takes what the policy's `request` takes. */
  request(options: RequestOptions, callback: RetryCallback): RequestHandle;
  status(): RetryStatus;
}

/** @internal */
interface Service {
  policy: RetryPolicy;
  limits: typeof RETRY_DEFAULTS;
  backoff: Backoff;
  breaker: Breaker;
}

/** @internal */
interface Run {
  service: Service;
  given: RequestOptions;
  tell: RetryCallback;
  attempt(run: Run): void;
  /** How many were made. */
  attempts: number;
  startS: number;
  /** Of the total. Waiting for a turn does not count, as in a single request. */
  leftMs: number;
  /** The attempt under way may take no longer than what is left. */
  isCut?: boolean;
  isTrial?: boolean;
  /** The program has been given bytes of a body. */
  isStreamed?: boolean;
  isHidden?: boolean;
  isAborted?: boolean;
  handle?: RequestHandle;
  /** The pause, or a callback that is not to come synchronously. */
  timer?: TimerId | undefined;
  /** Those of the last attempt, for an error of our own. */
  facts: { phasesMs: any; blocking: string[] };
}

function finish(run: Run, error: BoardError | undefined, response?: Response): void {
  const attempts = run.attempts;
  run.timer = undefined;
  if (error) run.tell(Object.assign(error, { attempts }));
  else run.tell(undefined, Object.assign(response!, { attempts }));
}

function finishSoon(run: Run, error: BoardError): void {
  run.timer = setTimeout(finish, 0, run, Object.assign(error, run.facts));
}

// An answer that is going to be repeated, or came too often to be, reaches the program as a status only.
function onHead(run: Run, head: ResponseHead): void {
  run.isHidden = mayRepeat(run.given, head);
  if (!run.isHidden && run.given.onHead) run.given.onHead(head);
}

function onData(run: Run, bytes: string): void {
  if (run.isHidden) return;
  run.isStreamed = true;
  run.given.onData!(bytes);
}

function optionsOf(run: Run): RequestOptions {
  const { given, leftMs } = run;
  const options: RequestOptions = Object.assign({}, given);
  const ownMs = Object.assign({}, DEADLINES, given.deadlines || {}).totalMs;
  run.isCut = ownMs > leftMs;
  if (run.isCut) options.deadlines = Object.assign({}, given.deadlines || {}, { totalMs: leftMs });
  if (given.onHead || given.onData) options.onHead = onHead.bind(undefined, run);
  if (given.onData) options.onData = onData.bind(undefined, run);
  return options;
}

function isOutOfTime(run: Run, error: BoardError | undefined): boolean {
  return !!run.isCut && !!error && error.code === "E_TIMEOUT_TOTAL";
}

// Nothing is said about the server by what the program did itself, or by what would be met again.
function isServerFailure(error: BoardError | undefined, response: Response | undefined): boolean | undefined {
  if (!error) return response!.statusCode >= 500;
  return isTransient(error) || undefined;
}

/** The pause before the next attempt in ms; undefined: there is none. */
function nextPauseMs(run: Run, error: BoardError | undefined, response: Response | undefined): number | undefined {
  const { limits, backoff, breaker } = run.service;
  const retryAfterS = response ? readRetryAfter(response.headers["retry-after"], 0) : 0;
  if (run.isAborted || run.isStreamed || run.attempts >= limits.attempts || isOutOfTime(run, error)) return undefined;
  if (!mayRepeat(run.given, error || response!)) return undefined;
  const waitMs = retryAfterS * 1000 + pauseMs(backoff, run.attempts);
  return waitMs < run.leftMs && waitMs >= refusedForMs(breaker) ? waitMs : undefined;
}

function spendTime(run: Run, phasesMs: any): void {
  run.leftMs -= Math.round((getTime() - run.startS) * 1000) - (phasesMs["queued"] || 0);
}

function onEnd(run: Run, error: BoardError | undefined, response?: Response): void {
  const ending: any = error || response;
  const afterMs = run.service.limits.totalMs;
  run.facts = { phasesMs: ending.phasesMs, blocking: ending.blocking };
  spendTime(run, ending.phasesMs);
  tellBreaker(run.service.breaker, run.isTrial!, isServerFailure(error, response));
  const waitMs = nextPauseMs(run, error, response);
  if (waitMs === undefined) {
    if (isOutOfTime(run, error)) Object.assign(error!, { message: "over " + afterMs + " ms", afterMs });
    finish(run, error, response);
  } else {
    run.leftMs -= waitMs;
    run.timer = setTimeout(run.attempt, waitMs, run);
    if (run.service.policy.onRetry) run.service.policy.onRetry(run.attempts, ending, waitMs);
  }
}

function attempt(run: Run): void {
  const { breaker, policy } = run.service;
  const refusedS = Math.ceil(refusedForMs(breaker) / 1000);
  run.timer = undefined;
  if (refusedS > 0) {
    finishSoon(run, makeError("E_BREAKER_OPEN", "queued", "again in " + refusedS + " s", { retryAfterS: refusedS }));
    return;
  }
  run.isTrial = enterBreaker(breaker);
  run.attempts++;
  run.startS = getTime();
  run.handle = (policy.request || request)(optionsOf(run), onEnd.bind(undefined, run));
}

// An attempt that has just ended otherwise keeps its end, as in a single request, and is not repeated.
function abort(run: Run): void {
  if (run.isAborted) return;
  run.isAborted = true;
  if (run.timer) {
    clearTimeout(run.timer);
    finishSoon(run, makeError("E_ABORTED", "queued", "aborted"));
  } else if (run.handle) {
    run.handle.abort();
  }
}

function begin(service: Service, given: RequestOptions, tell: RetryCallback): RequestHandle {
  const facts: Run["facts"] = { phasesMs: {}, blocking: [] };
  const run: Run = { service, given, tell, attempt, attempts: 0, startS: 0, leftMs: service.limits.totalMs, facts };
  attempt(run);
  return { abort: abort.bind(undefined, run) };
}

function status(service: Service): RetryStatus {
  const breaker = service.breaker;
  return { breaker: breakerState(breaker), failures: breaker.failures, retryAfterS: Math.ceil(refusedForMs(breaker) / 1000) };
}

function limitsOf(policy: any): typeof RETRY_DEFAULTS {
  const given: any = {};
  for (const name in RETRY_DEFAULTS) {
    if (policy[name] !== undefined) given[name] = policy[name];
  }
  return withDefaults(RETRY_DEFAULTS, given);
}

/**
 * Makes a retrier for the requests to one service. `request` takes options and calls back once like modules/client's, and repeats what
 * mayRepeat (modules/repeatable.ts) lets it, after a pause (modules/backoff.ts) that is longer by what a `Retry-After` asks for. It ends with the
 * last error or response, and its `attempts`: when that may not be repeated, when the attempts are used up, when the next pause would
 * pass `totalMs`, or when the breaker (modules/breaker.ts) has opened. A streamed body is not begun twice: docs/retry.md. Errors beside those
 * of the policy's `request`: E_BREAKER_OPEN (fact `retryAfterS`). Raises E_OPTION (a policy's number that is none) and E_RANDOM. To be called
 * early: it draws a random seed, which it must not while a TLS connection is open.
 */
export function createRetrier(policy?: RetryPolicy): Retrier {
  const given = policy || {};
  const limits = limitsOf(given);
  const service: Service = {
    policy: given,
    limits,
    backoff: createBackoff(limits.firstPauseMs, limits.longestPauseMs),
    breaker: createBreaker(limits.breakerFailures, limits.breakerRestMs, limits.breakerLongestRestMs),
  };
  return { request: begin.bind(undefined, service), status: status.bind(undefined, service) };
}
