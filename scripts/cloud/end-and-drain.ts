import type { Socket } from "node:net";

/** How long a client may take to close its side; then it is cut off. */
const LINGER_MS = 2_000;

/**
 * Ends a connection: on TLS with close_notify. What the client still sends is read and dropped, for closing with unread
 * bytes would reset the connection and could lose what was sent last.
 */
export function endAndDrain(socket: Socket): void {
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
