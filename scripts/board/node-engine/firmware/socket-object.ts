import type { Runtime } from "../runtime.ts";

/** Bits of the firmware's SocketType (libs/network/network.h). */
export const TYPE_TCP = 0;
export const TYPE_UDP = 2;
export const TYPE_TLS = 4;

/** Where data waits for `read()` while nobody listens for `data`. Names that start with \xFF are hidden. */
export const STREAM_BUFFER = "\xFFbuf";

/**
 * A socket as the program holds it. The firmware keeps its state in the object itself, under these names, so a program
 * can see them (`sckt - 1` is the socket's number and its key in `ssl`).
 */
export interface SocketObject {
  type: number;
  opt: Record<string, unknown>;
  /** Socket number plus one. Missing before the socket is opened and after it is closed. */
  sckt?: number;
  /** Connected: the connect callback has been queued. */
  conn?: boolean;
  /** Received without being handed on. */
  dRcv?: string;
  /** Still to be sent. */
  dSnd?: string;
  /** Data has been received. */
  hdrs?: boolean;
  /** Close once everything is sent. */
  cls?: boolean;
  /** Close in the next pass. */
  clsNow?: boolean;
  /** `end` has been queued. */
  endd?: boolean;
  /** Port that was bound (UDP). */
  port?: number;
  [STREAM_BUFFER]?: string;
}

interface Emitter {
  on(event: string, listener: unknown): void;
  removeAllListeners(event: string): void;
}

/**
 * Makes a socket with the firmware's events. `callback` becomes the first listener for `connect`, in the firmware's
 * defective way: a second one added later destroys the list.
 */
export function createSocketObject(
  runtime: Runtime,
  type: number,
  options: Record<string, unknown>,
  callback: unknown,
): SocketObject {
  const socket = runtime.makeEmitter(runtime.toProgram({ type, opt: options })) as SocketObject & Emitter;
  socket.opt = options;
  if (callback !== undefined) {
    socket.on("connect", callback);
    corruptOnSecondListener(runtime, socket);
  }
  return socket;
}

/**
 * The callback was stored as a function, not as a list with one function: `on("connect")` then makes a list of the
 * function's *parts*, and the event dies on the first of them.
 */
function corruptOnSecondListener(runtime: Runtime, socket: SocketObject & Emitter): void {
  const { on: addListener, removeAllListeners } = socket;
  let isCorrupt = false;
  const on = (event: string, listener: unknown): void => {
    if (event !== "connect") return void Reflect.apply(addListener, socket, [event, listener]);
    if (isCorrupt) return;
    isCorrupt = true;
    Reflect.apply(removeAllListeners, socket, [event]);
    const interrupted = (): void => runtime.print("Execution Interrupted during event processing.");
    Reflect.apply(addListener, socket, [event, runtime.toProgram(interrupted)]);
  };
  const value = runtime.toProgram(on);
  Object.defineProperty(socket, "on", { value, configurable: true, writable: true, enumerable: false });
}

/** Length of what `read()` would give. */
export function bufferedBytes(socket: SocketObject): number {
  return socket[STREAM_BUFFER]?.length ?? 0;
}

/** Takes `count` bytes of what waits for `read()`; all of it for 0 or less. */
export function readBuffered(socket: SocketObject, count: number): string {
  const buffered = socket[STREAM_BUFFER] ?? "";
  if (count > 0 && count < buffered.length) {
    socket[STREAM_BUFFER] = buffered.slice(count);
    return buffered.slice(0, count);
  }
  delete socket[STREAM_BUFFER];
  return buffered;
}
