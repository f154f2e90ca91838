// One request from the name of its host to its last byte, with every wait bounded.
//
//   queued -> dns -> connect -> handshake -> request -> first-byte -> body -> callback
//
// `phase` names where a request is; each has its own deadline, and one total is above all. Whatever ends a request goes
// through finish(), which runs once. TLS requests take turns: the heap of a board holds one TLS connection.
import { lookUpHost } from "./dns";
import type { LookUp } from "./dns";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { createResponseParser } from "./http/response-parser";
import type { Parser, ResponseHead } from "./http/response-parser";
import { record } from "./journal";
import { DEADLINES, LIMITS, withDefaults } from "./limits";
import { nextPiece } from "./outgoing";
import type { Outgoing } from "./outgoing";
import { originOf, outgoingOf } from "./request-options";
import type { RequestOptions } from "./request-options";
import { routeTo } from "./route";
import type { Route } from "./route";
import { closeSocket, connectSocket, createSocket, writeSocket } from "./socket";
import type { ClosedCallback, ClosedHow, Socket } from "./socket";
import type { TlsReport } from "./tls/guard";
import { endTurn, takeTurn } from "./turns";
import type { Origin } from "./url";
import { guardFor } from "./verification";

/** How long each phase took in ms ("queued", "dns", "connect", "handshake", "request", "first-byte", "body", "total"). */
export type PhaseTimes = Record<string, number>;

export interface Response extends ResponseHead {
  /** The collected body as bytes; empty when it was streamed. */
  body: string;
  bodyBytes: number;
  phasesMs: PhaseTimes;
  /** The phases that this firmware does not let us interrupt. */
  blocking: string[];
  /** Undefined without TLS. */
  tls: TlsReport | undefined;
}

export type RequestCallback = (error: BoardError | undefined, response?: Response) => void;

export interface RequestHandle {
  /** Ends the request with E_ABORTED; nothing happens when it has ended. */
  abort(): void;
}

/** @internal */
interface Request {
  wanted: RequestOptions;
  tell: RequestCallback;
  origin?: Origin;
  outgoing?: Outgoing;
  route?: Route;
  address?: string;
  /** Why mbedTLS refused the server, while a second handshake finds out more. */
  refusal?: BoardError;
  waits: typeof DEADLINES;
  phase: string;
  phaseStartS: number;
  startS: number;
  times: PhaseTimes;
  blocked: string[];
  hasTurn?: boolean;
  lookUp?: LookUp;
  line?: Socket;
  parser?: Parser;
  answer?: Response;
  failure?: BoardError | undefined;
  phaseTimer?: TimerId | undefined;
  totalTimer?: TimerId | undefined;
  seenBytes: number;
  seenAtS: number;
  isFinished?: boolean;
}

// How long a socket that was told to close may take before its request ends without it.
const CLOSE_WAIT_MS = 1000;
// How often in an idle deadline the bytes are looked at: by this part of it the deadline may come late.
const IDLE_LOOKS = 10;
// Verification mode 1 of mbedTLS: the handshake goes on, and its end tells what was wrong.
const TELL = 1;
const DIAGNOSES = ["E_UNKNOWN_CA", "E_WRONG_HOST"];

function stopPhaseTimer(request: Request): void {
  if (request.phaseTimer) clearTimeout(request.phaseTimer);
  request.phaseTimer = undefined;
}

// Leaves the phase before, and adds its time to the account.
function enterPhase(request: Request, phase: string): void {
  const now = getTime();
  request.times[request.phase] = Math.round((now - request.phaseStartS) * 1000);
  request.phase = phase;
  request.phaseStartS = now;
}

function complete(request: Request): void {
  request.phaseTimer = undefined;
  if (request.hasTurn) endTurn();
  request.hasTurn = false;
  request.tell(request.failure, request.failure ? undefined : request.answer);
}

// For status() at the REPL.
function note(request: Request): void {
  const { failure, times, origin } = request;
  const answer: Partial<Response> = request.answer || {};
  const tls: Partial<TlsReport> = answer.tls || {};
  let phases = "";
  for (const phase in times) phases += phase[0]! + times[phase];
  record([
    Math.round(request.phaseStartS),
    failure ? failure.code + " in " + failure.phase : answer.statusCode,
    phases,
    answer.bodyBytes,
    tls.verified,
    tls.notAfter,
    request.wanted.method,
    origin && origin.host,
    tls.issuer,
  ]);
}

// The one end of every request: no timer, look-up or open socket is left when the callback comes.
function finish(request: Request, error: BoardError | undefined): void {
  if (request.isFinished) return;
  request.isFinished = true;
  request.failure = error;
  enterPhase(request, request.phase);
  request.times["total"] = Math.round((request.phaseStartS - request.startS) * 1000);
  if (error) Object.assign(error, { phasesMs: request.times, blocking: request.blocked });
  if (request.lookUp) request.lookUp.onFound = undefined;
  if (request.totalTimer) clearTimeout(request.totalTimer);
  stopPhaseTimer(request);
  const isOpen = request.line && !request.line.isClosed;
  if (isOpen) closeSocket(request.line!);
  request.phaseTimer = setTimeout(complete, isOpen ? CLOSE_WAIT_MS : 0, request);
  note(request);
}

// Once bytes have come, it is they that tell the phase; sending may still go on.
function phaseOf(request: Request): string {
  if (request.answer) return "body";
  return request.parser && request.parser.received > 0 ? "head" : request.phase;
}

function onDeadline(request: Request, code: string, afterMs: number): void {
  finish(request, makeError(code, phaseOf(request), "over " + afterMs + " ms", { afterMs }));
}

function armPhase(request: Request, code: string, afterMs: number): void {
  stopPhaseTimer(request);
  request.phaseTimer = setTimeout(onDeadline, afterMs, request, code, afterMs);
}

// Looks a few times in each idle deadline whether bytes have come, which spares a timer for each of them.
function lookForBytes(request: Request): void {
  const idleMs = request.waits.idleMs;
  const received = request.parser!.received;
  const now = getTime();
  if (received !== request.seenBytes) {
    request.seenBytes = received;
    request.seenAtS = now;
  }
  if ((now - request.seenAtS) * 1000 >= idleMs) onDeadline(request, "E_TIMEOUT_IDLE", idleMs);
  else request.phaseTimer = setTimeout(lookForBytes, idleMs / IDLE_LOOKS, request);
}

function enterBody(request: Request): void {
  enterPhase(request, "body");
  stopPhaseTimer(request);
  lookForBytes(request);
}

function send(request: Request): void {
  let piece: string | undefined;
  try {
    piece = nextPiece(request.outgoing!);
  } catch (error: any) {
    finish(request, error);
    return;
  }
  if (piece !== undefined) {
    armPhase(request, "E_TIMEOUT_IDLE", request.waits.idleMs);
    writeSocket(request.line!, piece);
  } else if (request.parser!.received > 0) {
    enterBody(request);
  } else {
    enterPhase(request, "first-byte");
    armPhase(request, "E_TIMEOUT_FIRST_BYTE", request.waits.firstByteMs);
  }
}

// A handshake that was only to tell why the one before was refused never sends anything.
function onOpen(request: Request): void {
  if (request.isFinished) return;
  if (request.refusal) {
    finish(request, request.refusal);
    return;
  }
  enterPhase(request, "request");
  send(request);
}

function onDrain(request: Request): void {
  if (request.phase === "request" && !request.isFinished) send(request);
}

function onBytes(request: Request, bytes: string): void {
  if (request.isFinished) return;
  request.parser!.push(bytes);
  if (request.phase === "first-byte" && !request.isFinished) enterBody(request);
}

function onHead(request: Request, head: ResponseHead): void {
  request.answer = Object.assign(head, {
    body: "",
    bodyBytes: 0,
    phasesMs: request.times,
    blocking: request.blocked,
    tls: request.origin!.secure ? request.line!.tls || { verified: false } : undefined,
  });
  if (request.wanted.onHead) request.wanted.onHead(head);
}

function onBody(request: Request, bytes: string): void {
  const response = request.answer!;
  const limit = (request.wanted.limits && request.wanted.limits.bodyBytes) || LIMITS.bodyBytes;
  if (request.isFinished) return;
  response.bodyBytes += bytes.length;
  if (request.wanted.onData) request.wanted.onData(bytes);
  else if (response.bodyBytes <= limit) response.body += bytes;
  else finish(request, makeError("E_BODY_LIMIT", "body", "" + limit));
}

// connect() blocks: when it returns, TCP is connected or has failed, and the time it took is that of the phase. The deadline is armed
// before, so that it ends what an interrupted hardening leaves behind. A diagnosis runs inside the deadline of the first attempt.
function connect(request: Request, onClosed: ClosedCallback): void {
  const { wanted, waits } = request;
  const route = request.route!;
  const secure = request.origin!.secure;
  const guard = secure ? guardFor(wanted, request.origin!.host, route) : undefined;
  if (guard && request.refusal) guard.mode = TELL;
  enterPhase(request, "connect");
  if (!request.refusal) armPhase(request, secure ? "E_TIMEOUT_HANDSHAKE" : "E_TIMEOUT_CONNECT", secure ? waits.connectMs + waits.handshakeMs : waits.connectMs);
  request.line = createSocket({ host: request.address!, port: route.port, secure, ca: route.ca || wanted.ca, cert: wanted.cert, key: wanted.key, guard }, {
    onOpen: onOpen.bind(undefined, request),
    onBytes: onBytes.bind(undefined, request),
    onDrain: onDrain.bind(undefined, request),
    onClosed,
  });
  connectSocket(request.line);
  if (!secure) return;
  enterPhase(request, "handshake");
  if (!request.refusal) armPhase(request, "E_TIMEOUT_HANDSHAKE", waits.handshakeMs);
}

// mbedTLS refuses an unknown CA and a wrong host with the same number. A second handshake, in the mode that only tells, says which.
function diagnose(request: Request, refusal: BoardError, onClosed: ClosedCallback): void {
  request.refusal = refusal;
  try {
    connect(request, onClosed);
  } catch (error) {
    finish(request, refusal);
  }
}

function onClosed(request: Request, how: ClosedHow, error: BoardError | undefined): void {
  if (request.isFinished) {
    stopPhaseTimer(request);
    complete(request);
  } else if (request.refusal) {
    finish(request, error && DIAGNOSES.indexOf(error.code) >= 0 ? error : request.refusal);
  } else if (error && error.code === "E_CERT_REFUSED") {
    diagnose(request, error, onClosed.bind(undefined, request));
  } else if (how === "clean" || how === "truncatable") {
    request.parser!.close(how === "clean");
  } else {
    finish(request, error || makeError("E_RESET", phaseOf(request), "closed"));
  }
}

function onAddress(request: Request, error: BoardError | undefined, address: string): void {
  request.address = address;
  try {
    if (error) throw error;
    connect(request, onClosed.bind(undefined, request));
  } catch (reason: any) {
    finish(request, reason);
  }
}

function findAddress(request: Request): void {
  const origin = request.origin!;
  const route = routeTo(request.wanted.settings || {}, origin.host, origin.port);
  request.route = route;
  enterPhase(request, "dns");
  armPhase(request, "E_TIMEOUT_DNS", request.waits.dnsMs);
  request.lookUp = lookUpHost(route.host, onAddress.bind(undefined, request));
  request.blocked = request.lookUp.isBlocking ? ["dns", "connect"] : ["connect"];
}

// Its turn has come, unless it was aborted while it waited.
function start(request: Request): void {
  const secure = request.origin!.secure;
  if (request.isFinished) {
    if (secure) endTurn();
    return;
  }
  request.hasTurn = secure;
  const totalMs = request.waits.totalMs;
  request.totalTimer = setTimeout(onDeadline, totalMs, request, "E_TIMEOUT_TOTAL", totalMs);
  try {
    findAddress(request);
  } catch (error: any) {
    finish(request, error);
  }
}

function abort(request: Request): void {
  finish(request, makeError("E_ABORTED", phaseOf(request), "aborted"));
}

function prepare(request: Request): void {
  const options = request.wanted;
  const end: any = finish.bind(undefined, request);
  const origin = originOf(options);
  request.origin = origin;
  request.waits = withDefaults(DEADLINES, options.deadlines);
  request.outgoing = outgoingOf(options, origin);
  request.parser = createResponseParser({
    method: options.method,
    limits: options.limits,
    onHead: onHead.bind(undefined, request),
    onBody: onBody.bind(undefined, request),
    onEnd: end,
    onError: end,
  });
}

/**
 * Sends one request and calls back exactly once, never synchronously, with an error or the response, when no timer,
 * listener or socket of it is left. TLS requests wait for each other. Options, response and phases: docs/client.md.
 * Errors: E_OPTION and E_TEXT_MIXED (bad options), E_SETTINGS, E_DNS, those of the socket (modules/socket.ts) and of the guard
 * (modules/tls/guard.ts), E_RESET, E_BODY_LENGTH, E_BODY_LIMIT, E_ABORTED, E_TIMEOUT_DNS, E_TIMEOUT_CONNECT,
 * E_TIMEOUT_HANDSHAKE, E_TIMEOUT_FIRST_BYTE, E_TIMEOUT_IDLE, E_TIMEOUT_TOTAL, and those of the parser
 * (modules/http/response-parser.ts). Each carries `phasesMs` and `blocking`.
 * (The handle shows nothing of the request: the REPL prints what is returned to it, with the headers if they were there.)
 */
export function request(options: RequestOptions, callback: RequestCallback): RequestHandle {
  const now = getTime();
  const state: Request = {
    wanted: options,
    tell: callback,
    waits: DEADLINES,
    phase: "queued",
    phaseStartS: now,
    startS: now,
    times: {},
    blocked: [],
    seenBytes: 0,
    seenAtS: 0,
  };
  try {
    prepare(state);
    if (state.origin!.secure) takeTurn(start.bind(undefined, state));
    else state.phaseTimer = setTimeout(start, 0, state);
  } catch (error: any) {
    finish(state, error);
  }
  return { abort: abort.bind(undefined, state) };
}
