// One connection from the look-up of its host to its end, verified if it is to be: what a request (client.ts) and a stream (stream.ts)
// have in common.
//
//   dns -> connect -> handshake -> open -> closed
//
// Until it is open every wait is bounded here; from then on by who uses it.
import { lookUpHost } from "./dns";
import type { LookUp } from "./dns";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { DEADLINES } from "./limits";
import { routeTo } from "./route";
import type { Route } from "./route";
import { closeSocket, connectSocket, createSocket } from "./socket";
import type { BytesListener, ClosedCallback, ClosedHow, Socket, SocketUser } from "./socket";
import { guardFor } from "./verification";
import type { TlsOptions } from "./verification";

/** @internal */
export interface ConnectionUser extends SocketUser {
  /** "dns", "connect" or "handshake" has begun. */
  onPhase(phase: string): void;
}

/** Where it goes. @internal */
export interface Target {
  secure: boolean;
  host: string;
  port: number;
}

/** @internal */
export interface Connection extends SocketUser {
  target: Target;
  wanted: TlsOptions;
  waits: typeof DEADLINES;
  user: ConnectionUser;
  /** Until it is open, as the next two. */
  onBytes?: BytesListener | undefined;
  route?: Route | undefined;
  address?: string | undefined;
  /** The firmware's own look-up is used, inside connect. */
  isBlocking?: boolean;
  lookUp?: LookUp | undefined;
  socket?: Socket;
  /** Why mbedTLS refused the server, while a second handshake finds out more. */
  refusal?: BoardError;
  phase: string;
  timer?: TimerId | undefined;
  how?: ClosedHow;
  error?: BoardError | undefined;
  /** Told to end; `onClosed` is still to come. */
  isOver?: boolean;
  /** `onClosed` was called: nothing is left of it. */
  isGone?: boolean;
}

/** Closes a TLS connection that nobody uses, then calls back. */
type MakeRoom = (next: () => void) => void;

interface Idle {
  makeRoom?: MakeRoom | undefined;
}

// How long a socket that was told to close may take before its connection ends without it.
const CLOSE_WAIT_MS = 1000;
// Verification mode 1 of mbedTLS: the handshake goes on, and its end tells what was wrong.
const TELL = 1;
const DIAGNOSES = ["E_UNKNOWN_CA", "E_WRONG_HOST"];

const idle: Idle = {};

/** What to call before a TLS connection is opened, when one lies idle: two do not fit a board's heap. */
export function setIdle(makeRoom: MakeRoom | undefined): void {
  idle.makeRoom = makeRoom;
}

function stopTimer(connection: Connection): void {
  if (connection.timer) clearTimeout(connection.timer);
  connection.timer = undefined;
}

function finish(connection: Connection): void {
  stopTimer(connection);
  if (connection.isGone) return;
  connection.isGone = true;
  connection.user.onClosed(connection.how!, connection.error);
}

/**
 * Ends a connection, whatever it was doing; what ended it first counts. `onClosed` of its user comes later, once, when the socket is
 * closed, or a second after it was told to. (Ended by Ctrl-C or too little memory on its way, it can be called again.)
 */
export function endConnection(connection: Connection, how: ClosedHow, error: BoardError | undefined): void {
  const socket = connection.socket;
  if (connection.isOver) return;
  connection.how = how;
  connection.error = error;
  if (connection.lookUp) connection.lookUp.onFound = undefined;
  const isOpen = socket && !socket.isClosed;
  if (isOpen) closeSocket(socket!);
  stopTimer(connection);
  connection.timer = setTimeout(finish, isOpen ? CLOSE_WAIT_MS : 0, connection);
  connection.isOver = true;
}

function onDeadline(connection: Connection, code: string, afterMs: number): void {
  endConnection(connection, "failed", makeError(code, connection.phase, "over " + afterMs + " ms", { afterMs }));
}

// A diagnosis runs inside the deadline of the first attempt, and its phases are those of the first attempt.
function enter(connection: Connection, phase: string, code: string, afterMs: number): void {
  if (connection.refusal) return;
  stopTimer(connection);
  connection.phase = phase;
  connection.timer = setTimeout(onDeadline, afterMs, connection, code, afterMs);
  connection.user.onPhase(phase);
}

// connect() blocks: when it returns, TCP is connected or has failed, and the time it took is that of the phase. The deadline is armed
// before, so that it ends what an interrupted hardening leaves behind.
function attempt(connection: Connection): void {
  const { wanted, waits, target } = connection;
  const { ca, cert, key } = wanted;
  const secure = target.secure;
  const route = connection.route!;
  const guard = secure ? guardFor(wanted, target.host, route) : undefined;
  if (guard && connection.refusal) guard.mode = TELL;
  if (secure) enter(connection, "connect", "E_TIMEOUT_HANDSHAKE", waits.connectMs + waits.handshakeMs);
  else enter(connection, "connect", "E_TIMEOUT_CONNECT", waits.connectMs);
  connection.socket = createSocket({ host: connection.address!, port: route.port, secure, ca: route.ca || ca, cert, key, guard }, connection, connection.onBytes!);
  connectSocket(connection.socket);
  if (secure) enter(connection, "handshake", "E_TIMEOUT_HANDSHAKE", waits.handshakeMs);
}

// In a timer of its own: hardening is nested deep.
function connect(connection: Connection): void {
  if (connection.isOver) return;
  try {
    attempt(connection);
  } catch (reason: any) {
    endConnection(connection, "failed", connection.refusal || reason);
  }
}

// A handshake that was only to tell why the one before was refused never sends anything.
function onOpen(this: Connection): void {
  if (this.isOver) return;
  if (this.refusal) {
    endConnection(this, "failed", this.refusal);
  } else {
    stopTimer(this);
    this.route = this.address = undefined;
    this.onBytes = undefined;
    this.user.onOpen();
  }
}

function onDrain(this: Connection): void {
  if (!this.isOver) this.user.onDrain();
}

// mbedTLS refuses an unknown CA and a wrong host with the same number. A second handshake, in the mode that only tells, says which.
function diagnose(connection: Connection, refusal: BoardError): void {
  connection.refusal = refusal;
  setTimeout(connect, 0, connection);
}

const onClosed: ClosedCallback = function (this: Connection, how: ClosedHow, error: BoardError | undefined): void {
  if (this.isOver) finish(this);
  else if (this.refusal) endConnection(this, "failed", error && DIAGNOSES.indexOf(error.code) >= 0 ? error : this.refusal);
  else if (error && error.code === "E_CERT_REFUSED") diagnose(this, error);
  else endConnection(this, how, error);
};

function onAddress(connection: Connection, error: BoardError | undefined, address: string): void {
  connection.address = address;
  connection.lookUp = undefined;
  if (error) endConnection(connection, "failed", error);
  else setTimeout(connect, 0, connection);
}

function findAddress(connection: Connection): void {
  const { wanted, target } = connection;
  if (connection.isOver) return;
  try {
    connection.route = routeTo(wanted.settings || {}, target.host, target.port);
    enter(connection, "dns", "E_TIMEOUT_DNS", connection.waits.dnsMs);
    connection.lookUp = lookUpHost(connection.route.host, onAddress.bind(undefined, connection));
    connection.isBlocking = connection.lookUp.isBlocking;
  } catch (reason: any) {
    endConnection(connection, "failed", reason);
  }
}

/**
 * Opens a connection and gives it at once; an idle TLS connection is closed first. Whose turn it is (modules/turns.ts) sees the caller
 * to. Errors given to onClosed: E_OPTION, E_SETTINGS, E_DNS, those of the socket (modules/socket.ts) and of the guard (modules/tls/guard.ts),
 * E_TIMEOUT_DNS, E_TIMEOUT_CONNECT, E_TIMEOUT_HANDSHAKE.
 */
export function openConnection(target: Target, wanted: TlsOptions, waits: typeof DEADLINES, user: ConnectionUser, onBytes: BytesListener): Connection {
  const connection: Connection = { target, wanted, waits, user, onBytes, phase: "dns", onOpen, onDrain, onClosed };
  const start = findAddress.bind(undefined, connection);
  if (target.secure && idle.makeRoom) idle.makeRoom(start);
  else start();
  return connection;
}
