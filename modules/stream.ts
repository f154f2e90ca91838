// A connection to write to and read from directly, for what is not HTTP or wants to see every byte: look-up, verification and turns are
// taken care of as in modules/client.ts, and no wait is without end.
import { lookUpHost } from "./dns";
import type { LookUp } from "./dns";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { DEADLINES, withDefaults } from "./limits";
import { routeTo } from "./route";
import type { Route } from "./route";
import { closeSocket, connectSocket, createSocket, writeSocket } from "./socket";
import type { ClosedCallback, ClosedHow, Socket } from "./socket";
import type { TlsReport } from "./tls/guard";
import { endTurn, takeTurn } from "./turns";
import { guardFor } from "./verification";
import type { TlsOptions } from "./verification";

export interface StreamOptions extends TlsOptions {
  host: string;
  port: number;
  /** Default true: TLS. */
  secure?: boolean;
  /** Those for the look-up, connecting, the handshake, and `idleMs`: so long nothing has come from the other side. */
  deadlines?: Partial<typeof DEADLINES>;
}

export interface StreamHandlers {
  /** The server is verified, and bytes may be written. */
  onOpen(stream: Stream): void;
  /** At most 536 bytes. Called inside the firmware's data event: write from a timer. */
  onBytes(bytes: string): void;
  /** All that was written has left the board. */
  onDrain?(): void;
  /** Called once, with an error when `how` is "failed" (modules/socket.ts says what each means). */
  onClosed: ClosedCallback;
}

export interface Stream {
  /** Undefined without TLS, and until it is open. */
  tls?: TlsReport | undefined;
  /** Queues bytes on an open stream: at most 1,024, the next on drain. Raises E_OPTION for one that is not open. */
  write(bytes: string): void;
  /** Ends it from our side; `onClosed` follows. */
  close(): void;
}

/** @internal */
interface State extends Stream {
  wanted: StreamOptions;
  handlers: StreamHandlers;
  waits: typeof DEADLINES;
  hasTurn: boolean;
  route?: Route;
  lookUp?: LookUp;
  line?: Socket;
  timer?: TimerId | undefined;
  seenAtS: number;
  hasBytes?: boolean;
  how: ClosedHow;
  error?: BoardError | undefined;
  isOver?: boolean;
}

// How long a socket that was told to close may take.
const CLOSE_WAIT_MS = 1000;

function finish(stream: State): void {
  if (stream.timer) clearTimeout(stream.timer);
  stream.timer = undefined;
  if (stream.hasTurn) endTurn();
  stream.hasTurn = false;
  stream.handlers.onClosed(stream.how, stream.error);
}

// The one end of every stream: what ended it first counts, and it is told when the socket is closed.
function end(stream: State, how: ClosedHow, error: BoardError | undefined): void {
  if (stream.isOver) return;
  stream.isOver = true;
  stream.how = how;
  stream.error = error;
  if (stream.lookUp) stream.lookUp.onFound = undefined;
  if (stream.timer) clearTimeout(stream.timer);
  const isOpen = stream.line && !stream.line.isClosed;
  if (isOpen) closeSocket(stream.line!);
  stream.timer = setTimeout(finish, isOpen ? CLOSE_WAIT_MS : 0, stream);
}

function onDeadline(stream: State, code: string, phase: string, afterMs: number): void {
  stream.timer = undefined;
  end(stream, "failed", makeError(code, phase, "over " + afterMs + " ms", { afterMs }));
}

function arm(stream: State, code: string, phase: string, afterMs: number): void {
  if (stream.timer) clearTimeout(stream.timer);
  stream.timer = setTimeout(onDeadline, afterMs, stream, code, phase, afterMs);
}

// One timer for all bytes of an idle deadline, not one for each of them.
function watch(stream: State): void {
  const idleMs = stream.waits.idleMs;
  const leftMs = idleMs - (getTime() - stream.seenAtS) * 1000;
  if (leftMs > 0) stream.timer = setTimeout(watch, leftMs, stream);
  else onDeadline(stream, "E_TIMEOUT_IDLE", stream.hasBytes ? "body" : "first-byte", idleMs);
}

function onOpen(stream: State): void {
  if (stream.isOver) return;
  if (stream.timer) clearTimeout(stream.timer);
  stream.tls = stream.line!.tls;
  stream.seenAtS = getTime();
  watch(stream);
  stream.handlers.onOpen(stream);
}

function onBytes(stream: State, bytes: string): void {
  if (stream.isOver) return;
  stream.seenAtS = getTime();
  stream.hasBytes = true;
  stream.handlers.onBytes(bytes);
}

function onDrain(stream: State): void {
  if (!stream.isOver && stream.line!.isOpen && stream.handlers.onDrain) stream.handlers.onDrain();
}

function onClosed(stream: State, how: ClosedHow, error: BoardError | undefined): void {
  if (stream.isOver) finish(stream);
  else end(stream, how, error);
}

function connect(stream: State, address: string): void {
  const { wanted, waits } = stream;
  const { host, ca, cert, key } = wanted;
  const route = stream.route!;
  const secure = wanted.secure !== false;
  const guard = secure ? guardFor(wanted, host, route) : undefined;
  arm(stream, secure ? "E_TIMEOUT_HANDSHAKE" : "E_TIMEOUT_CONNECT", "connect", waits.connectMs + (secure ? waits.handshakeMs : 0));
  stream.line = createSocket({ host: address, port: route.port, secure, ca: route.ca || ca, cert, key, guard }, {
    onOpen: onOpen.bind(undefined, stream),
    onBytes: onBytes.bind(undefined, stream),
    onDrain: onDrain.bind(undefined, stream),
    onClosed: onClosed.bind(undefined, stream),
  });
  connectSocket(stream.line);
  if (secure) arm(stream, "E_TIMEOUT_HANDSHAKE", "handshake", waits.handshakeMs);
}

function onAddress(stream: State, error: BoardError | undefined, address: string): void {
  try {
    if (error) throw error;
    connect(stream, address);
  } catch (reason: any) {
    end(stream, "failed", reason);
  }
}

// Its turn has come, unless it was closed while it waited.
function start(stream: State): void {
  const { settings, host, port, secure } = stream.wanted;
  if (stream.isOver) {
    if (secure !== false) endTurn();
    return;
  }
  stream.hasTurn = secure !== false;
  try {
    stream.route = routeTo(settings || {}, host, port);
    arm(stream, "E_TIMEOUT_DNS", "dns", stream.waits.dnsMs);
    stream.lookUp = lookUpHost(stream.route.host, onAddress.bind(undefined, stream));
  } catch (reason: any) {
    end(stream, "failed", reason);
  }
}

function write(this: State, bytes: string): void {
  if (!this.line || this.isOver) throw makeError("E_OPTION", "request", "stream is not open");
  writeSocket(this.line, bytes);
}

function close(this: State): void {
  end(this, "clean", undefined);
}

/**
 * Connects, by TLS unless `secure` is false, and verifies the server as a request does; one TLS connection at a time. Errors given
 * to onClosed: E_OPTION, E_SETTINGS, E_DNS, those of the socket (modules/socket.ts) and of the guard (modules/tls/guard.ts),
 * E_TIMEOUT_DNS, E_TIMEOUT_CONNECT, E_TIMEOUT_HANDSHAKE, E_TIMEOUT_IDLE. Raises E_OPTION for a deadline that is no number. Why
 * mbedTLS refused a certificate (E_CERT_REFUSED) only modules/client.ts finds out.
 */
export function openStream(options: StreamOptions, handlers: StreamHandlers): Stream {
  const stream: State = {
    wanted: options,
    handlers,
    waits: withDefaults(DEADLINES, options.deadlines),
    hasTurn: false,
    seenAtS: 0,
    how: "clean",
    write,
    close,
  };
  if (options.secure === false) stream.timer = setTimeout(start, 0, stream);
  else takeTurn(start.bind(undefined, stream));
  return stream;
}
