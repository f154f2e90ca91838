// One contract over the firmware's net and tls sockets, with their quirks folded in (2v29): opened, data, drained, and
// exactly one `closed`, whatever mixture of thrown exception, error event and uncaught exception the firmware produced.
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { checkPeer, harden } from "./tls/guard";
import type { Guard, TlsReport } from "./tls/guard";
import { tlsState } from "./tls/state";

/**
 * How a connection ended: "clean" (over TLS authenticated by close_notify; plain TCP cannot tell more), "truncatable" (TLS
 * closed without close_notify: bytes may be missing), "reset" (bytes of ours were lost), "failed" (with an error).
 */
export type ClosedHow = "clean" | "truncatable" | "reset" | "failed";

/** @internal */
export interface SocketOptions {
  /** Name or IPv4 address. A name makes the firmware's connect block for the look-up too. */
  host: string;
  port: number;
  secure: boolean;
  ca?: DerSource | undefined;
  cert?: DerSource | undefined;
  key?: DerSource | undefined;
  /** Without it the server is not verified. */
  guard?: Guard | undefined;
}

export type ClosedCallback = (how: ClosedHow, error: BoardError | undefined) => void;

/** Who has a socket: methods of its state, so that no function has to be made for each connection. @internal */
export interface SocketUser {
  /** Bytes may be written from here on: TCP is connected, and with TLS the handshake is over. */
  onOpen(): void;
  /** Everything written so far has left the firmware's buffer. */
  onDrain(): void;
  onClosed: ClosedCallback;
}

/** Takes bytes as they come. Called inside the firmware's data event, where no socket may be touched (with two TLS sockets that is a crash). */
export type BytesListener = (bytes: string) => void;

/** What the firmware calls its listeners on; one function of ours can serve all sockets. @internal */
interface RawSocket extends FirmwareSocket {
  owner: Socket;
}

/** @internal */
export interface Socket {
  wanted: SocketOptions;
  user: SocketUser;
  onBytes: BytesListener;
  /** Set by the last step of hardening: what an interrupted one leaves behind never opens. */
  mayOpen?: boolean;
  tls?: TlsReport;
  raw?: RawSocket;
  isOpen: boolean;
  isClosed: boolean;
  /** The handshake's poll, then the report of the end. */
  timer?: TimerId | undefined;
  errorCode?: number;
  failure?: string;
  /** What ended it, when it was not the other side. */
  error?: BoardError;
}

// A handshake takes an ESP32 one to three seconds: this adds a hundredth, and looking costs a millisecond.
const HANDSHAKE_POLL_MS = 20;
// A TLS set-up that fails keeps its firmware socket for good (2v29: 20 of 20), and an ESP32 has 10 in all.
const LOST_SOCKETS_MAX = 5;
// Where the firmware's TLS state says whether it is still connecting, one byte.
const CONNECTING_OFFSET = 4;
// The firmware's own "unsent data", and mbedTLS's close_notify (-0x7880), which it reports as an error.
const CODE_UNSENT_DATA = -8;
const CODE_CLOSE_NOTIFY = -30848;

// The reason of a failed handshake reaches only the global uncaughtException hook, after the close event (2v29). The hook
// is ours from connect to the end of the handshake, for the one socket that is in it.
interface Handshake {
  inSocket?: Socket | undefined;
  /** How many sockets the firmware has lost since the board started. */
  lostSockets: number;
}

const handshake: Handshake = { lostSockets: 0 };

// The firmware keeps an array of listeners; nothing there, or one, is ours or nobody's.
function isAlone(): boolean {
  const listeners = process["#onuncaughtException"];
  return !listeners || listeners.length < 2;
}

function onUncaught(error: any): void {
  const message = "" + (error && error.message);
  if (handshake.inSocket && message.substr(0, 8) === "mbedtls_") handshake.inSocket.failure = message;
  else if (isAlone()) print("Uncaught " + error + "\n" + ((error && error.stack) || ""));
}

function watchHandshake(socket: Socket): void {
  handshake.inSocket = socket;
  process.on("uncaughtException", onUncaught);
}

// After removeListener of the last listener later exceptions would vanish; removeAllListeners lets the firmware print
// them again (2v29). A program's own listener stays.
function endHandshakeWatch(socket: Socket): void {
  if (handshake.inSocket !== socket) return;
  handshake.inSocket = undefined;
  if (isAlone()) process.removeAllListeners("uncaughtException");
  else process.removeListener("uncaughtException", onUncaught);
}

// connect() throws its reasons as texts.
function connectError(options: SocketOptions, reason: string): BoardError {
  const where = options.host + ":" + options.port;
  if (/locate host/.test(reason)) return makeError("E_DNS", "dns", options.host);
  if (/Module/.test(reason)) return makeError("E_NO_TLS", "connect", where);
  if (/create socket/.test(reason)) return makeError("E_CONNECT", "connect", where);
  return makeError(/memory/.test(reason) ? "E_HEAP" : "E_TLS_SETUP", "handshake", reason);
}

// The reason of a failed handshake as the firmware tells it: mbedTLS's number, or the text of a diagnostic handshake.
const HANDSHAKE_CODES: Record<string, string> = {
  "-0x2700": "E_CERT_REFUSED",
  "trusted CA": "E_UNKNOWN_CA",
  "expected CN": "E_WRONG_HOST",
  "-0x7780": "E_TLS_ALERT",
  "-0x6e80": "E_TLS_VERSION",
  "memory|-0x7f00|-0x4290|-0x4310|-0x3b10|-0x10$": "E_HEAP",
};

// Without a guard the firmware has asked for a made-up name (2v29), which is why a server that goes by the name hangs up.
function handshakeError(reason: string, isGuarded: boolean): BoardError {
  let code = "E_HANDSHAKE";
  for (const sign in HANDSHAKE_CODES) {
    if (new RegExp(sign, "i").test(reason)) code = HANDSHAKE_CODES[sign]!;
  }
  if (code === "E_TLS_ALERT" && !isGuarded) code = "E_SNI";
  return makeError(code, "handshake", reason.trim());
}

function isInHandshake(raw: FirmwareSocket): boolean {
  const state = tlsState(raw);
  return !state || state.charCodeAt(CONNECTING_OFFSET) !== 0;
}

function onDrain(this: RawSocket): void {
  if (this.owner.isOpen) this.owner.user.onDrain();
}

function onError(this: RawSocket, error: { code: number }): void {
  this.owner.errorCode = error.code;
}

function reportEnd(socket: Socket): void {
  const code = socket.errorCode;
  let error = socket.error;
  socket.timer = undefined;
  socket.isClosed = true;
  endHandshakeWatch(socket);
  if (!error && socket.wanted.secure && !socket.isOpen) error = handshakeError(socket.failure || "closed", !!socket.wanted.guard);
  if (!error && code !== undefined && code !== CODE_CLOSE_NOTIFY && code !== CODE_UNSENT_DATA) {
    error = makeError("E_TLS_RECORD", "body", "" + code);
  }
  if (error) socket.user.onClosed("failed", error);
  else if (code === CODE_UNSENT_DATA) socket.user.onClosed("reset", undefined);
  else socket.user.onClosed(socket.wanted.secure && code === undefined ? "truncatable" : "clean", undefined);
}

// One idle pass later, because the reason of a failed handshake comes after the close event.
function endSoon(socket: Socket): void {
  if (socket.isClosed) return;
  if (socket.timer) clearTimeout(socket.timer);
  socket.timer = setTimeout(reportEnd, 0, socket);
}

function onClose(this: RawSocket): void {
  endSoon(this.owner);
}

// With `clsNow` the firmware closes at once; it would wait for ever for what a silent peer does not read (2v29).
function endRaw(socket: Socket): void {
  if (socket.isClosed) return;
  socket.raw!.clsNow = true;
  socket.raw!.end();
}

/**
 * Closes from our side; what has not been read is lost. `onClosed` follows. May be called inside a data handler.
 * (An empty list of data listeners throws data away; no list would keep them, and unread data keep the socket from closing, 2v29.)
 */
export function closeSocket(socket: Socket): void {
  if (socket.isClosed || !socket.raw) return;
  socket.raw.removeListener("data", socket.onBytes);
  setTimeout(endRaw, 0, socket);
}

function drop(socket: Socket, error: BoardError): void {
  socket.error = error;
  closeSocket(socket);
  endSoon(socket);
}

// The handshake is over; a guarded socket opens only when every check has passed. The guard is not needed any more.
function open(socket: Socket): void {
  socket.timer = undefined;
  try {
    if (socket.wanted.guard) socket.tls = checkPeer(socket.wanted.guard, socket.raw!);
  } catch (error: any) {
    drop(socket, error);
    return;
  }
  socket.isOpen = true;
  socket.wanted.guard = undefined;
  endHandshakeWatch(socket);
  socket.user.onOpen();
}

function pollHandshake(socket: Socket): void {
  if (isInHandshake(socket.raw!)) socket.timer = setTimeout(pollHandshake, HANDSHAKE_POLL_MS, socket);
  else open(socket);
}

// The firmware's connect callback: TCP is up, the handshake has not begun.
function onTcpConnected(this: RawSocket): void {
  const socket = this.owner;
  if (!socket || socket.isClosed || socket.timer || !socket.mayOpen) return;
  if (socket.wanted.secure) pollHandshake(socket);
  else open(socket);
}

/** A socket that is not connected yet. */
export function createSocket(wanted: SocketOptions, user: SocketUser, onBytes: BytesListener): Socket {
  return { wanted, user, onBytes, isOpen: false, isClosed: false };
}

/** Gives what comes from now on to another listener; nothing lies between it and the firmware. May be called inside a data handler. */
export function listen(socket: Socket, onBytes: BytesListener): void {
  if (socket.isClosed) return;
  socket.raw!.removeAllListeners("data");
  socket.raw!.on("data", onBytes);
  socket.onBytes = onBytes;
}

// What was thrown before there was a socket object; whether a firmware socket is lost with it depends on how far it came.
function setupError(wanted: SocketOptions, reason: string): BoardError {
  const error = connectError(wanted, reason);
  if (error.code === "E_HEAP" || error.code === "E_TLS_SETUP") handshake.lostSockets++;
  return error;
}

/**
 * Connects. The firmware blocks until TCP is connected or has failed (about 18 s for a dead host on an ESP32), and
 * nothing can interrupt it. All handlers are called later, `onClosed` exactly once. Errors given to onClosed: E_DNS, E_CONNECT,
 * E_NO_TLS, E_TLS_SETUP (bad ca, cert or key), E_HEAP, E_SOCKETS_LOST (after five of the last two), E_HANDSHAKE, E_TLS_ALERT, E_SNI, E_TLS_VERSION, E_CERT_REFUSED, E_UNKNOWN_CA,
 * E_WRONG_HOST, E_TLS_RECORD, and those of harden and checkPeer (modules/tls/guard.ts). Out of memory, or Ctrl-C, ends this without
 * any of them (2v29): such a socket never opens, and who made it closes it by its deadline.
 */
export function connectSocket(socket: Socket): void {
  const wanted = socket.wanted;
  if (wanted.secure) watchHandshake(socket);
  try {
    if (wanted.secure && handshake.lostSockets >= LOST_SOCKETS_MAX) throw makeError("E_SOCKETS_LOST", "connect", handshake.lostSockets + " TLS set-ups failed");
    const raw = (socket.raw = require(wanted.secure ? "tls" : "net").connect(wanted, onTcpConnected) as RawSocket);
    raw.owner = socket;
    raw.on("data", socket.onBytes);
    raw.on("drain", onDrain);
    raw.on("error", onError);
    raw.on("close", onClose);
    if (wanted.guard) harden(wanted.guard, raw);
    socket.mayOpen = true;
  } catch (reason: any) {
    drop(socket, reason.code ? reason : setupError(wanted, "" + (reason.message || reason)));
  }
}

/** Queues bytes (or a text, modules/text.ts) on an open socket; pieces of at most WRITE_PIECE_BYTES, the next on drain. */
export function writeSocket(socket: Socket, bytes: string): void {
  if (!socket.isOpen || socket.isClosed) throw makeError("E_OPTION", "request", "socket");
  socket.raw!.write(bytes);
}

