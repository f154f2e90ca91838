// modules/client's request, which also goes where a redirect leads (RFC 9110 15.4). Each hop is a request of its own: the one before
// is aborted at its head, so that nothing of it reaches the program and its body is not waited for.
import { request as requestOnce } from "./client";
import type { RequestCallback, RequestHandle, Response } from "./client";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import type { RequestHeaders } from "./http/request";
import type { ResponseHead } from "./http/response-parser";
import { DEADLINES } from "./limits";
import { originOf } from "./request-options";
import type { RequestOptions } from "./request-options";
import { formatUrl, refuseTarget, resolveReference } from "./url-reference";

export interface RedirectOptions extends RequestOptions {
  /** How many redirects to follow; default 0: a redirect is a response like any other. */
  maxRedirects?: number;
}

export interface RedirectResponse extends Response {
  /** Where the response came from. */
  url: string;
  /** How many redirects led there. */
  redirects: number;
}

export type RedirectCallback = (error: BoardError | undefined, response?: RedirectResponse) => void;

/** @internal */
interface Journey {
  given: RedirectOptions;
  tell: RedirectCallback;
  /** The options of the present hop. */
  wanted: RequestOptions;
  hop?: RequestHandle;
  /** The redirect that ends the present hop. */
  redirect?: ResponseHead | undefined;
  mostHops: number;
  hopsMade: number;
  totalMs: number;
  /** What is left of it. Waiting for a turn does not count, as in a single request. */
  leftMs: number;
}

const STATUS_CODES = [301, 302, 303, 307, 308];
// What another server must not see (RFC 9110 15.4), and the name of the one before.
const PERSONAL_HEADERS = ["authorization", "cookie", "proxy-authorization", "host"];
// Beside Content-*: what belongs to a body that is no longer sent (RFC 9110 15.4).
const BODY_HEADERS = ["transfer-encoding", "trailer", "expect", "digest", "last-modified"];

function isPersonal(name: string): boolean {
  return PERSONAL_HEADERS.indexOf(name) >= 0;
}

function isOfBody(name: string): boolean {
  return name.substr(0, 8) === "content-" || BODY_HEADERS.indexOf(name) >= 0;
}

function withoutHeaders(headers: RequestHeaders | undefined, isDropped: (name: string) => boolean): RequestHeaders {
  const kept: RequestHeaders = {};
  for (const name in headers || {}) {
    if (!isDropped(name.toLowerCase())) kept[name] = headers![name];
  }
  return kept;
}

// RFC 9110 15.4: 303 asks for another resource; with 301 and 302 a POST becomes a GET, as in every browser.
function changeMethod(wanted: RequestOptions, statusCode: number): void {
  if (statusCode === 303 ? wanted.method === "HEAD" : statusCode > 303 || wanted.method !== "POST") return;
  wanted.method = "GET";
  delete wanted.body;
  wanted.headers = withoutHeaders(wanted.headers, isOfBody);
}

function dropCredentials(wanted: RequestOptions): void {
  delete wanted.cert;
  delete wanted.key;
  wanted.headers = withoutHeaders(wanted.headers, isPersonal);
}

// Makes the options of the next hop from those of the present one.
function prepareHop(journey: Journey, redirect: ResponseHead): void {
  const wanted = journey.wanted;
  const from = originOf(wanted);
  const to = resolveReference(from, redirect.headers["location"]);
  const url = formatUrl(to, to.path);
  if (journey.hopsMade >= journey.mostHops) throw makeError("E_REDIRECT_LIMIT", "response", "over " + journey.mostHops);
  if (from.secure && !to.secure) refuseTarget("from https to http", url);
  changeMethod(wanted, redirect.statusCode);
  if (typeof wanted.body === "function") refuseTarget("a body from a function cannot be sent again", url);
  if (formatUrl(from, "").toLowerCase() !== formatUrl(to, "")) dropCredentials(wanted);
  wanted.url = url;
  wanted.deadlines = Object.assign({}, wanted.deadlines || {}, { totalMs: Math.max(journey.leftMs, 0) });
  journey.hopsMade++;
}

function isRedirect(journey: Journey, head: ResponseHead): boolean {
  const isOne = journey.mostHops > 0 && STATUS_CODES.indexOf(head.statusCode) >= 0 && head.headers["location"] !== undefined;
  if (isOne) journey.redirect = head;
  return isOne;
}

// The hop before ended with E_ABORTED, whose facts are those of the answer that was a redirect.
function follow(journey: Journey, redirect: ResponseHead, end: BoardError, onHopEnd: RequestCallback): void {
  const phasesMs = end["phasesMs"];
  let refusal: BoardError | undefined;
  journey.leftMs -= phasesMs["total"] - phasesMs["queued"];
  try {
    prepareHop(journey, redirect);
  } catch (error: any) {
    refusal = Object.assign(error, { phasesMs, blocking: end["blocking"] });
  }
  if (refusal) journey.tell(refusal);
  else journey.hop = requestOnce(journey.wanted, onHopEnd);
}

function arrive(journey: Journey, response: Response): void {
  const origin = originOf(journey.wanted);
  journey.tell(undefined, Object.assign(response, { url: formatUrl(origin, origin.path), redirects: journey.hopsMade }));
}

function onHopEnd(journey: Journey, error: BoardError | undefined, response?: Response): void {
  const redirect = journey.redirect;
  const afterMs = journey.totalMs;
  journey.redirect = undefined;
  if (redirect) {
    follow(journey, redirect, error!, onHopEnd.bind(undefined, journey));
  } else if (error) {
    if (error.code === "E_TIMEOUT_TOTAL") Object.assign(error, { message: "over " + afterMs + " ms", afterMs });
    journey.tell(error);
  } else {
    arrive(journey, response!);
  }
}

// While one hop ends and before the next begins, the answer that was a redirect is forgotten: that is the end then.
function abort(journey: Journey): void {
  journey.redirect = undefined;
  journey.hop!.abort();
}

/**
 * modules/client's request, with `maxRedirects`: 301, 302, 303, 307 and 308 that have a Location are followed up to that number. Then
 * the response says its `url` and how many `redirects` led there; `phasesMs` are those of the last hop, `totalMs` is for all of them.
 * When scheme, host or port change, the headers Authorization, Cookie, Proxy-Authorization and Host are dropped, and cert and key;
 * `ca` and `pins` stay, so that a pin fails for another server. Errors: those of modules/client.ts, E_REDIRECT (from https to
 * http, a target that is no URL of a host, a body from a function that would have to be sent again), E_REDIRECT_LIMIT. (A wrong
 * maxRedirects is refused with the limits.)
 */
export function request(options: RedirectOptions, callback: RedirectCallback): RequestHandle {
  const mostHops: any = options.maxRedirects === undefined ? 0 : options.maxRedirects;
  const totalMs = Object.assign({}, DEADLINES, options.deadlines || {}).totalMs;
  const journey: Journey = { given: options, tell: callback, wanted: options, mostHops, hopsMade: 0, totalMs, leftMs: totalMs };
  journey.wanted = Object.assign({}, options, {
    limits: Object.assign({ maxRedirects: mostHops }, options.limits || {}),
    isEnough: isRedirect.bind(undefined, journey),
  });
  journey.hop = requestOnce(journey.wanted, onHopEnd.bind(undefined, journey));
  return { abort: abort.bind(undefined, journey) };
}
