// Access tokens by client credentials (RFC 6749 4.4): asked for when somebody needs one, kept until they are due. Neither the token nor
// the client secret is in any error, whatever the service answers.
import { request } from "./client";
import type { RequestHandle, Response } from "./client";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { stringify } from "./json";
import { parseObject } from "./json-object";
import { readRetryAfter } from "./retry-after";
import type { TlsReport } from "./tls/guard";
import type { TlsOptions } from "./verification";

export interface Token {
  value: string;
  /** As the service names it, mostly "Bearer". */
  type: string;
  /** Seconds since 1970. */
  expiresAtS: number;
}

/** `tls` only for who waited for the service: undefined with a token that was there. */
export type TokenCallback = (error: BoardError | undefined, token?: Token, tls?: TlsReport) => void;

export interface TokenOptions extends TlsOptions {
  url: string;
  clientId: string;
  clientSecret: string;
  /** The API that the token is for: no field of RFC 6749, but asked for by Auth0 and others. */
  audience?: string;
  /** Called before each further attempt to connect, with the number of those that failed. */
  onRetry?(attempt: number, error: BoardError): void;
}

export interface TokenSource {
  /** Gives a token that holds for a minute at least, or half its life if that is shorter. Never calls back synchronously. */
  get(callback: TokenCallback): void;
  /** Drops the token: the service that it is for said 401. */
  forget(): void;
}

/** @internal */
interface Source {
  wanted: TokenOptions;
  waiting: TokenCallback[];
  ask(source: Source): void;
  attempt: number;
  askedAtS: number;
  handle?: RequestHandle | undefined;
  restTimer?: TimerId | undefined;
  isLate?: boolean;
  kept?: Token | undefined;
  dueS: number;
  /** Until then the service wants no request. */
  mutedUntilS: number;
}

/** How often connecting is tried, and how long after a failure. */
export const CONNECT_ATTEMPTS = 10;
export const RETRY_PAUSE_MS = 500;
const FIRST_BYTE_MS = 10000;
// A token is one small JSON object: what has not come so long after the head does not come.
const REST_MS = 5000;
// A request takes a minute at most (DEADLINES.totalMs), and its token must hold until the service has read it.
const RENEW_BEFORE_S = 60;
// RFC 6749 5.1 lets a service keep the lifetime to itself. No usual one is shorter, and asking so often meets no usual rate limit.
const UNTOLD_LIFETIME_S = 300;
// RFC 6585 4 lets a service keep this to itself, too.
const UNTOLD_RETRY_AFTER_S = 60;
// The longest of RFC 6749 5.2 has 22 characters; services have codes of their own.
const MAX_CODE_LENGTH = 40;

function isDenied(status: number): boolean {
  return status === 400 || status === 401 || status === 403;
}

// RFC 6749 5.2. What is no such code, or holds the secret, could be an echo of what was sent. (The blank: the firmware takes the end
// of a text for the start of a longer one, 2v29.)
function errorCodeOf(source: Source, answer: any): string {
  const code = answer.error;
  const isCode = typeof code === "string" && code.length < MAX_CODE_LENGTH && /^[a-z_]+$/.test(code);
  return isCode && (code + " ").indexOf(source.wanted.clientSecret) < 0 ? " " + code : "";
}

function rateLimit(retryAfterS: number): BoardError {
  return makeError("E_RATE_LIMIT", "response", "429, again in " + retryAfterS + " s", { retryAfterS });
}

function isPrintable(value: any): boolean {
  return typeof value === "string" && /^[ -~]+$/.test(value);
}

// RFC 6749 5.1 and appendix A. A token with another character would be refused as a header later, and shown.
function keep(source: Source, answer: any): void {
  const lifetimeS = answer.expires_in === undefined ? UNTOLD_LIFETIME_S : answer.expires_in;
  let wrong = "";
  if (!isPrintable(answer.access_token)) wrong = "access_token";
  else if (!isPrintable(answer.token_type)) wrong = "token_type";
  else if (typeof lifetimeS !== "number" || !(lifetimeS >= 0)) wrong = "expires_in";
  if (wrong) throw makeError("E_OAUTH", "response", "200 without a usable " + wrong);
  source.kept = { value: answer.access_token, type: answer.token_type, expiresAtS: source.askedAtS + lifetimeS };
  source.dueS = source.kept.expiresAtS - Math.min(RENEW_BEFORE_S, lifetimeS / 2);
}

function judge(source: Source, response: Response): void {
  const statusCode = response.statusCode;
  if (statusCode === 429) {
    const retryAfterS = readRetryAfter(response.headers["retry-after"], UNTOLD_RETRY_AFTER_S);
    source.mutedUntilS = getTime() + retryAfterS;
    throw rateLimit(retryAfterS);
  }
  const answer = parseObject(response.body);
  if (statusCode !== 200) throw makeError(isDenied(statusCode) ? "E_OAUTH" : "E_STATUS", "response", statusCode + errorCodeOf(source, answer), { statusCode });
  keep(source, answer);
}

// Nobody waits any more when the answer is judged: should that run out of memory, the next get() starts anew.
function settle(source: Source, failure: BoardError | undefined, response: Response | undefined): void {
  const waiting = source.waiting;
  let error = failure;
  source.waiting = [];
  try {
    if (response) judge(source, response);
  } catch (reason: any) {
    error = reason;
  }
  waiting.forEach((callback) => setTimeout(callback, 0, error, error ? undefined : source.kept, response && response.tls));
}

// A quotation of the server's own bytes, which may hold anything.
function hideQuotation(error: BoardError): void {
  if (error.message.charAt(0) === '"') error.message = "(not shown)";
}

function onRestLate(source: Source): void {
  source.restTimer = undefined;
  source.isLate = true;
  source.handle!.abort();
}

function onHead(source: Source): void {
  source.restTimer = setTimeout(onRestLate, REST_MS, source);
}

function canRetry(source: Source, error: BoardError): boolean {
  return source.attempt < CONNECT_ATTEMPTS && (error.phase === "dns" || error.phase === "connect") && error.code !== "E_NO_TLS";
}

function onEnd(source: Source, error: BoardError | undefined, response?: Response): void {
  if (source.restTimer) clearTimeout(source.restTimer);
  source.restTimer = undefined;
  source.handle = undefined;
  if (error && canRetry(source, error)) {
    if (source.wanted.onRetry) source.wanted.onRetry(source.attempt, error);
    setTimeout(source.ask, RETRY_PAUSE_MS, source);
    return;
  }
  if (error && source.isLate) Object.assign(error, { code: "E_TIMEOUT_TOTAL", message: "over " + REST_MS + " ms", afterMs: REST_MS });
  else if (error) hideQuotation(error);
  settle(source, error, response);
}

function bodyOf(wanted: TokenOptions): string {
  return stringify({
    grant_type: "client_credentials",
    client_id: wanted.clientId,
    client_secret: wanted.clientSecret,
    audience: wanted.audience,
  });
}

function send(source: Source, body: string): void {
  source.handle = request(Object.assign({}, source.wanted as object, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    deadlines: { firstByteMs: FIRST_BYTE_MS },
    onHead: onHead.bind(undefined, source),
  }), onEnd.bind(undefined, source));
}

// The error of a text that is not UTF-8 would quote it.
function ask(source: Source): void {
  source.attempt++;
  source.isLate = false;
  source.askedAtS = getTime();
  try {
    send(source, bodyOf(source.wanted));
  } catch (reason: any) {
    settle(source, makeError(reason.code, "options", "clientId, clientSecret or audience"), undefined);
  }
}

function get(source: Source, callback: TokenCallback): void {
  const now = getTime();
  if (source.kept && now < source.dueS) {
    setTimeout(callback, 0, undefined, source.kept);
  } else if (now < source.mutedUntilS) {
    setTimeout(callback, 0, rateLimit(Math.ceil(source.mutedUntilS - now)));
  } else {
    source.waiting.push(callback);
    if (source.waiting.length > 1) return;
    source.attempt = 0;
    ask(source);
  }
}

function forget(source: Source): void {
  source.kept = undefined;
}

/**
 * Gives tokens of one service to whoever needs one. Those who ask at the same time share one request; a token is kept until a minute
 * before it expires (half its life, if that is shorter; five minutes, if the service does not say). Errors: E_OAUTH (status 400, 401 or
 * 403, with the service's own code, or a 200 without a usable token), E_RATE_LIMIT (429; fact `retryAfterS`, and until then each get()
 * ends in it without a request), E_STATUS (another status), E_TIMEOUT_TOTAL (the rest of the answer took over 5 s), and those of
 * request (modules/client.ts); connecting is tried ten times. (What is returned shows neither secret nor token at the REPL.)
 */
export function createTokenSource(options: TokenOptions): TokenSource {
  const source: Source = { wanted: options, waiting: [], ask, attempt: 0, askedAtS: 0, dueS: 0, mutedUntilS: 0 };
  return { get: get.bind(undefined, source), forget: forget.bind(undefined, source) };
}
