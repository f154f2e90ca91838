import type { Runtime } from "../runtime.ts";
import { type SocketObject, STREAM_BUFFER } from "./socket-object.ts";

/** STREAM_MAX_BUFFER_SIZE of jswrap_stream.h. */
const BUFFER_LIMIT_BYTES = 512;

/**
 * Hands `data` to the `data` listeners, at once; without any, to the buffer `read()` takes from. Gives false when the
 * buffer has no room and the data must be kept. `force` drops what does not fit (jswrap_stream_pushData).
 */
export function pushData(runtime: Runtime, socket: SocketObject, data: string, force: boolean): boolean {
  if (runtime.hasListeners(socket, "data")) {
    runtime.fireNow(socket, "data", [data]);
    return true;
  }
  const buffered = socket[STREAM_BUFFER];
  if (buffered === undefined) {
    socket[STREAM_BUFFER] = data;
    return true;
  }
  const fits = buffered.length + data.length <= BUFFER_LIMIT_BYTES;
  if ((fits || force) && buffered.length < BUFFER_LIMIT_BYTES) {
    socket[STREAM_BUFFER] = buffered + data.slice(0, BUFFER_LIMIT_BYTES - buffered.length);
  }
  return fits;
}
