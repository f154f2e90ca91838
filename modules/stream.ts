// A connection to write to and read from directly, for what is not HTTP or wants to see every byte: look-up, verification and turns are
// taken care of as in modules/client.ts, and no wait is without end.
import { endConnection, openConnection } from "./connection";
import type { Connection, ConnectionUser } from "./connection";
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { DEADLINES, withDefaults } from "./limits";
import { writeSocket } from "./socket";
import type { ClosedCallback, ClosedHow } from "./socket";
import type { TlsReport } from "./tls/guard";
import { endTurn, takeTurn } from "./turns";
import type { Turn } from "./turns";
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
interface State extends Stream, ConnectionUser {
  wanted: StreamOptions;
  handlers: StreamHandlers;
  waits: typeof DEADLINES;
  turn?: Turn;
  line?: Connection;
  timer?: TimerId | undefined;
  seenAtS: number;
  hasBytes?: boolean;
  isOver?: boolean;
}

// The one end of every stream: what ended it first counts, and it is told when the connection is closed.
function finish(stream: State, how: ClosedHow, error: BoardError | undefined): void {
  if (stream.timer) clearTimeout(stream.timer);
  stream.isOver = true;
  endTurn(stream.turn!);
  stream.handlers.onClosed(how, error);
}

function end(stream: State, how: ClosedHow, error: BoardError | undefined): void {
  if (stream.isOver) return;
  stream.isOver = true;
  if (stream.timer) clearTimeout(stream.timer);
  stream.timer = undefined;
  if (stream.line) endConnection(stream.line, how, error);
  else stream.timer = setTimeout(finish, 0, stream, how, error);
}

// One timer for all bytes of an idle deadline, not one for each of them.
function watch(stream: State): void {
  const idleMs = stream.waits.idleMs;
  const leftMs = idleMs - (getTime() - stream.seenAtS) * 1000;
  if (leftMs > 0) stream.timer = setTimeout(watch, leftMs, stream);
  else end(stream, "failed", makeError("E_TIMEOUT_IDLE", stream.hasBytes ? "body" : "first-byte", "over " + idleMs + " ms", { afterMs: idleMs }));
}

function onPhase(): void {}

function onOpen(this: State): void {
  this.tls = this.line!.socket!.tls;
  this.seenAtS = getTime();
  watch(this);
  this.handlers.onOpen(this);
}

function onBytes(stream: State, bytes: string): void {
  if (stream.isOver) return;
  stream.seenAtS = getTime();
  stream.hasBytes = true;
  stream.handlers.onBytes(bytes);
}

function onDrain(this: State): void {
  if (this.handlers.onDrain) this.handlers.onDrain();
}

const onClosed: ClosedCallback = function (this: State, how: ClosedHow, error: BoardError | undefined): void {
  finish(this, how, error);
};

// Its turn has come, unless it was closed while it waited.
function start(stream: State): void {
  const { wanted, waits } = stream;
  if (stream.isOver) return;
  const target = { secure: wanted.secure !== false, host: wanted.host, port: wanted.port };
  stream.line = openConnection(target, wanted, waits, stream, onBytes.bind(undefined, stream));
}

function write(this: State, bytes: string): void {
  const socket = this.line && this.line.socket;
  if (!socket || this.isOver) throw makeError("E_OPTION", "request", "stream is not open");
  writeSocket(socket, bytes);
}

function close(this: State): void {
  end(this, "clean", undefined);
}

/**
 * Connects, by TLS unless `secure` is false, and verifies the server as a request does; one TLS connection at a time. Errors given
 * to onClosed: those of modules/connection.ts and E_TIMEOUT_IDLE. Raises E_OPTION for a deadline that is no number.
 */
export function openStream(options: StreamOptions, handlers: StreamHandlers): Stream {
  const stream: State = {
    wanted: options,
    handlers,
    waits: withDefaults(DEADLINES, options.deadlines),
    seenAtS: 0,
    onPhase,
    onOpen,
    onDrain,
    onClosed,
    write,
    close,
  };
  stream.turn = takeTurn(start.bind(undefined, stream), options.secure === false);
  return stream;
}
