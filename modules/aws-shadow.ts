// The shadow of a thing at AWS IoT: what its state should be (desired), what it is (reported), and the difference (delta).
// Mutual TLS on port 8443, the one that needs no ALPN, which the firmware does not have.
import { request } from "./client";
import type { Response } from "./client";
import { makeError, refuse } from "./errors";
import type { BoardError } from "./errors";
import { stringify } from "./json";
import { parseObject } from "./json-object";
import type { RequestOptions } from "./request-options";
import type { TlsOptions } from "./verification";

/** What to change. Values that are not named stay; null deletes one, or all of `desired` or `reported`. */
export interface ShadowUpdate {
  desired?: any;
  reported?: any;
  /** The version that the change is meant for: with another one the service refuses it. */
  version?: number;
}

export interface ShadowState {
  desired?: any;
  reported?: any;
  /** Of `desired` what `reported` does not have, or has otherwise; absent when there is no difference, and in the answer to an update. */
  delta?: any;
}

export interface ShadowDocument {
  state: ShadowState;
  /** As `state`, with `{timestamp}` in place of each value: seconds since 1970. */
  metadata: ShadowState;
  version: number;
  /** When the service answered, in seconds since 1970. */
  timestamp: number;
}

export type ShadowCallback = (error: BoardError | undefined, document?: ShadowDocument, response?: Response) => void;

export interface ShadowOptions extends TlsOptions {
  /** The account's own host name, `...-ats.iot.REGION.amazonaws.com`. */
  endpoint: string;
  thing: string;
  /** Default 8443. */
  port?: number;
  /** Longest document to take; default 32 KB. */
  bodyBytes?: number;
}

export interface Shadow {
  /** Changes the state; calls back, once and never synchronously, with what was changed, its metadata and the new version. */
  update(state: ShadowUpdate, callback: ShadowCallback): void;
  /** Gets the whole document; calls back in the same way. */
  get(callback: ShadowCallback): void;
}

/** @internal */
interface Access extends Shadow {
  wanted: ShadowOptions;
}

/** @internal */
interface Question {
  options: ShadowOptions;
  /** Of an update that names one. */
  version: number | undefined;
  tell: ShadowCallback;
}

const MUTUAL_TLS_PORT = 8443;
// The service's own limit (thingName of its API).
const MAX_THING_LENGTH = 128;
// State is 8 KB at most, with delta and metadata up to 60 KB if it has many small values, and a value takes 10 of a board's 16,383
// variables beside the text. 400 values of 20 bytes make 32 KB and take 7,500 while they are read: more would not surely fit.
const DOCUMENT_BYTES = 32768;
const SHOWN_LENGTH = 100;

const CODES: Record<number, string> = {
  403: "E_SHADOW_FORBIDDEN",
  404: "E_SHADOW_NOT_FOUND",
  409: "E_SHADOW_CONFLICT",
};

// The service's own words, which may hold anything, on one line of the console.
function refusal(question: Question, response: Response): BoardError {
  const { endpoint, port, thing } = question.options;
  const version = question.version;
  const statusCode = response.statusCode;
  const words = statusCode + " " + (parseObject(response.body).message || response.statusMessage);
  let about = ": " + thing;
  if (statusCode === 403) about += " at " + endpoint + ":" + port;
  if (version !== undefined) about += ", version " + version;
  return makeError(CODES[statusCode] || "E_STATUS", "response", words.substr(0, SHOWN_LENGTH).replace(/[^ -~]/g, "?") + about, { statusCode, version });
}

function onEnd(question: Question, error: BoardError | undefined, response?: Response): void {
  const tell = question.tell;
  if (!response) return tell(error);
  if (response.statusCode !== 200) return tell(refusal(question, response));
  const document: any = parseObject(response.body);
  response.body = "";
  if (document.state && typeof document.version === "number") tell(undefined, document, response);
  else tell(makeError("E_JSON", "response", "no shadow document"));
}

function send(question: Question, specific: RequestOptions): void {
  const { endpoint, thing, bodyBytes } = question.options;
  request(Object.assign({
    host: endpoint,
    path: "/things/" + thing + "/shadow",
    httpVersion: "1.1",
    limits: { bodyBytes: bodyBytes || DOCUMENT_BYTES },
  }, question.options as object, specific), onEnd.bind(undefined, question));
}

function update(this: Access, state: ShadowUpdate, callback: ShadowCallback): void {
  const { desired, reported, version } = state;
  let body: string;
  try {
    body = stringify({ state: { desired, reported }, version });
  } catch (error: any) {
    setTimeout(callback, 0, error);
    return;
  }
  send({ options: this.wanted, version, tell: callback }, { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

function get(this: Access, callback: ShadowCallback): void {
  send({ options: this.wanted, version: undefined, tell: callback }, {});
}

/**
 * The shadow of one thing; nothing is sent yet. Raises E_OPTION for an endpoint that is no host name, a thing name with other
 * characters than letters, digits, `:_-` (so that a path holds it as it is, RFC 3986 3.3) or longer than 128, and without `cert` or `key`.
 * Errors of both methods: E_SHADOW_FORBIDDEN (403), E_SHADOW_NOT_FOUND (404), E_SHADOW_CONFLICT (409; fact `version`, the one that was
 * sent), E_STATUS (others; all four with `statusCode` and the service's message), E_JSON (the answer is no shadow document), and those
 * of request (modules/client.ts) and, for an update, of stringify (modules/json.ts).
 */
export function createShadow(options: ShadowOptions): Shadow {
  const { endpoint, thing } = options;
  if (!/^[\w.-]+$/.test(endpoint || "")) refuse("endpoint", endpoint);
  if (!/^[\w:-]+$/.test(thing || "") || thing.length > MAX_THING_LENGTH) refuse("thing", thing);
  if (!options.cert || !options.key) refuse(options.cert ? "key" : "cert", null);
  const shadow: Access = { wanted: Object.assign({}, options, { port: options.port || MUTUAL_TLS_PORT }), update, get };
  return shadow;
}
