// One request from the name of its host to its last byte, with every wait bounded.
//
//   queued -> dns -> connect -> handshake -> request -> first-byte -> body -> callback
//
// `phase` names where a request is; each has its own deadline, and one total is above all. Whatever ends a request goes
// through finish(), which runs once. TLS requests take turns: the heap of a board holds one TLS connection. Up to the handshake it is
// modules/connection.ts that waits; in a body the parser's own function is the firmware's listener. What is long begins in a timer of its
// own, so that calls are never nested deep: a C3 has a stack for some nine.
import { endConnection, openConnection } from "./connection";
import type { Connection, ConnectionUser } from "./connection";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { createResponseParser, stopParser } from "./http/response-parser";
import type { Parser, ParserOptions, ResponseHead } from "./http/response-parser";
import { DEADLINES, withDefaults } from "./limits";
import { isSent, nextPiece, rewind } from "./outgoing";
import type { Outgoing } from "./outgoing";
import { originOf, outgoingOf } from "./request-options";
import type { RequestOptions } from "./request-options";
import { listen, writeSocket } from "./socket";
import type { ClosedCallback, ClosedHow } from "./socket";
import type { TlsReport } from "./tls/guard";
import { endTurn, takeTurn } from "./turns";
import type { Turn } from "./turns";
import type { Origin } from "./url";

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

/** The parser's and the connection's user at once: their methods are on it, so that none has to be made for each request. @internal */
export interface Request extends ConnectionUser, ParserOptions {
  onEnd(error?: BoardError): void;
  /** The program's options, a copy: they may be used for another request meanwhile. */
  wanted: RequestOptions;
  /** Undefined once it has been called. */
  tell: RequestCallback | undefined;
  origin?: Origin;
  /** Undefined once it is sent and the answer has begun: it will not be sent again. */
  outgoing?: Outgoing | undefined;
  waits: typeof DEADLINES;
  phase: string;
  phaseStartS: number;
  startS: number;
  times: PhaseTimes;
  blocked: string[];
  turn?: Turn;
  line?: Connection | undefined;
  /** The line was kept from a request before: it may be dead without our knowing. */
  isReused?: boolean;
  parser?: Parser;
  answer?: Response;
  failure?: BoardError | undefined;
  timer?: TimerId | undefined;
  totalTimer?: TimerId | undefined;
  seenBytes: number;
  seenAtS: number;
  isFinished?: boolean;
  /** Its connection was told to close, and onClosed is all that is waited for. */
  isClosing?: boolean;
}

/** Who is told of each request that has ended: modules/journal.ts, in a program that has it. @internal */
export const observer: { onEnd?: (request: Request) => void } = {};

// How often in an idle deadline the bytes are looked at: by this part of it the deadline may come late.
const IDLE_LOOKS = 10;

function stopTimer(request: Request): void {
  if (request.timer) clearTimeout(request.timer);
  request.timer = undefined;
}

// Leaves the phase before, and adds its time to the account.
function enterPhase(request: Request, phase: string): void {
  const now = getTime();
  request.times[request.phase] = Math.round((now - request.phaseStartS) * 1000);
  request.phase = phase;
  request.phaseStartS = now;
}

function complete(request: Request): void {
  const tell = request.tell;
  if (request.turn) endTurn(request.turn);
  if (request.totalTimer) clearTimeout(request.totalTimer);
  request.tell = undefined;
  if (tell) tell(request.failure, request.failure ? undefined : request.answer);
}

// The connection is kept when all was given to the firmware, all of the answer has come, and not a byte more. (The answer can come before
// the drain event of the last bytes, 2v29.)
function isKept(request: Request): boolean {
  const { agent } = request.wanted;
  const isWhole = !request.failure && !request.outgoing && !request.parser!.hasExcess;
  return !!agent && isWhole && agent.keep(request.line!, request.answer!);
}

// No timer, look-up or open socket is left when the callback comes, but for a connection that is kept.
function conclude(request: Request): void {
  const { line, answer, failure } = request;
  if (answer) answer.bodyBytes = request.parser!.bodySeen;
  enterPhase(request, request.phase);
  request.times["total"] = Math.round((request.phaseStartS - request.startS) * 1000);
  if (failure) Object.assign(failure, { phasesMs: request.times, blocking: request.blocked });
  if (observer.onEnd) observer.onEnd(request);
  request.isClosing = line && !line.isGone && !isKept(request);
  if (request.isClosing) endConnection(line!, "clean", undefined);
  else request.timer = setTimeout(complete, 0, request);
}

// The one end of every request: nothing comes of it from now on but its callback. (Called by the parser it is nested eight deep, so it calls
// nothing.)
function onEnd(this: Request, error?: BoardError): void {
  if (this.isFinished) return;
  this.isFinished = true;
  this.failure = error;
  if (this.timer) clearTimeout(this.timer);
  this.timer = setTimeout(conclude, 0, this);
}

function finish(request: Request, error: BoardError): void {
  if (request.parser) stopParser(request.parser);
  request.onEnd(error);
}

// Once bytes have come, it is they that tell the phase; sending may still go on.
function phaseOf(request: Request): string {
  if (request.answer) return "body";
  return request.parser && request.parser.received > 0 ? "head" : request.phase;
}

function onDeadline(request: Request, code: string, afterMs: number): void {
  finish(request, makeError(code, phaseOf(request), "over " + afterMs + " ms", { afterMs }));
}

function arm(request: Request, code: string, afterMs: number): void {
  stopTimer(request);
  request.timer = setTimeout(onDeadline, afterMs, request, code, afterMs);
}

// Looks a few times in each idle deadline whether bytes have come, which spares a timer for each of them.
function lookForBytes(request: Request): void {
  const idleMs = request.waits.idleMs;
  const bytes = request.parser!.received + request.parser!.bodySeen;
  const now = getTime();
  if (bytes !== request.seenBytes) {
    request.seenBytes = bytes;
    request.seenAtS = now;
  }
  if ((now - request.seenAtS) * 1000 >= idleMs) onDeadline(request, "E_TIMEOUT_IDLE", idleMs);
  else request.timer = setTimeout(lookForBytes, idleMs / IDLE_LOOKS, request);
}

function enterBody(request: Request): void {
  enterPhase(request, "body");
  stopTimer(request);
  lookForBytes(request);
}

// What gives the body may end the request.
function send(request: Request): void {
  let piece: string | undefined;
  try {
    piece = request.outgoing && nextPiece(request.outgoing);
  } catch (error: any) {
    finish(request, error);
    return;
  }
  if (request.isFinished) return;
  if (piece !== undefined) {
    arm(request, "E_TIMEOUT_IDLE", request.waits.idleMs);
    writeSocket(request.line!.socket!, piece);
  } else if (request.parser!.received > 0) {
    request.outgoing = undefined;
    enterBody(request);
  } else {
    enterPhase(request, "first-byte");
    arm(request, "E_TIMEOUT_FIRST_BYTE", request.waits.firstByteMs);
  }
}

// The firmware blocks in connect always, and in the look-up on a board without a resolver of its own.
function onPhase(this: Request, phase: string): void {
  enterPhase(this, phase);
  if (phase === "connect") this.blocked = this.line!.isBlocking ? ["dns", "connect"] : ["connect"];
}

function onOpen(this: Request): void {
  enterPhase(this, "request");
  send(this);
}

function onDrain(this: Request): void {
  if (this.phase === "request" && !this.isFinished) send(this);
}

// From here on the parser listens itself, without anything in between.
function onFirstBytes(request: Request, bytes: string): void {
  const parser = request.parser!;
  if (request.isFinished) return;
  if (isSent(request.outgoing!)) request.outgoing = undefined;
  listen(request.line!.socket!, parser.feed.bind(parser));
  parser.feed(bytes);
  if (request.phase === "first-byte" && !request.isFinished) enterBody(request);
}

function abort(request: Request): void {
  finish(request, makeError("E_ABORTED", phaseOf(request), "aborted"));
}

function onHead(this: Request, head: ResponseHead): void {
  const tls = this.line!.socket!.tls;
  const answer = head as Response;
  answer.body = "";
  answer.bodyBytes = 0;
  answer.phasesMs = this.times;
  answer.blocking = this.blocked;
  answer.tls = this.origin!.secure ? tls || { verified: false } : undefined;
  this.answer = answer;
  if (this.wanted.isEnough && this.wanted.isEnough(head)) {
    stopParser(this.parser!);
    this.onEnd(makeError("E_ABORTED", "body", "aborted"));
  } else if (this.wanted.onHead) {
    this.wanted.onHead(head);
  }
}

function collect(this: Parser, bytes: string): void {
  const request = this.client as Request;
  const limit = this.bounds.bodyBytes;
  if (this.bodySeen <= limit) request.answer!.body += bytes;
  else finish(request, makeError("E_BODY_LIMIT", "body", "" + limit));
}

function connect(request: Request): void {
  const onBytes = onFirstBytes.bind(undefined, request);
  const { wanted, waits } = request;
  const origin = request.origin!;
  const kept = wanted.agent && wanted.agent.take(origin, wanted, request, onBytes);
  request.isReused = !!kept;
  request.line = kept || openConnection(origin, wanted, waits, request, onBytes);
  if (kept) request.onOpen();
}

// A server may close a connection that is kept in the moment it is used again (RFC 9112 9.3.1): no answer of it is no answer.
const onClosed: ClosedCallback = function (this: Request, how: ClosedHow, error: BoardError | undefined): void {
  if (this.isFinished) {
    if (this.isClosing) this.timer = setTimeout(complete, 0, this);
  } else if (this.isReused && this.parser!.received === 0 && this.wanted.mayRepeat && rewind(this.outgoing!)) {
    stopTimer(this);
    connect(this);
  } else if (how === "clean" || how === "truncatable") {
    this.parser!.close(how === "clean");
  } else {
    finish(this, error || makeError("E_RESET", phaseOf(this), "closed"));
  }
};

// Ctrl-C, or too little memory, may have ended the function that was to close the connection: it is done again.
function onTotalDeadline(request: Request, totalMs: number): void {
  if (request.isFinished) conclude(request);
  else onDeadline(request, "E_TIMEOUT_TOTAL", totalMs);
}

// Its turn has come, unless it was aborted while it waited.
function start(request: Request): void {
  const totalMs = request.waits.totalMs;
  if (request.isFinished) return;
  request.totalTimer = setTimeout(onTotalDeadline, totalMs, request, totalMs);
  connect(request);
}

// Not before request() has returned: its caller may be deep in calls already.
function prepare(request: Request): void {
  const wanted = request.wanted;
  if (request.isFinished) return;
  try {
    const origin = Object.assign(wanted, originOf(wanted));
    request.origin = origin;
    request.waits = withDefaults(DEADLINES, wanted.deadlines);
    request.outgoing = outgoingOf(origin);
    request.parser = createResponseParser(request);
    request.turn = takeTurn(start.bind(undefined, request), !origin.secure);
  } catch (error: any) {
    finish(request, error);
  }
}

/**
 * Sends one request and calls back exactly once, never synchronously, with an error or the response, when no timer,
 * listener or socket of it is left. TLS requests wait for each other. Options, response and phases: docs/client.md.
 * Errors: E_OPTION and E_TEXT_MIXED (bad options), those of the connection (modules/connection.ts), E_RESET, E_BODY_LENGTH,
 * E_BODY_LIMIT, E_ABORTED, E_TIMEOUT_FIRST_BYTE, E_TIMEOUT_IDLE, E_TIMEOUT_TOTAL, and those of the parser
 * (modules/http/response-parser.ts). Each carries `phasesMs` and `blocking`.
 * (The handle shows nothing of the request: the REPL prints what is returned to it, with the headers if they were there.)
 */
export function request(options: RequestOptions, callback: RequestCallback): RequestHandle {
  const now = getTime();
  const state: Request = {
    onBody: options.onData || collect,
    onHead,
    onEnd,
    onError: onEnd,
    onPhase,
    onOpen,
    onDrain,
    onClosed,
    method: options.method,
    limits: options.limits,
    wanted: Object.assign({}, options),
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
  state.wanted.headers = Object.assign({}, options.headers || {});
  setTimeout(prepare, 0, state);
  return { abort: abort.bind(undefined, state) };
}
