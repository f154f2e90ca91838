import { Socket } from "node:net";
import { NO_ROUTE_ERRNO } from "./messages.ts";

/** lwIP with ESP-IDF's settings tries six SYNs, three seconds apart on average, before it gives up. */
export const CONNECT_TIMEOUT_MS = 18_000;

const ERRNO_OF_CODE: Record<string, number> = {
  ECONNREFUSED: 111,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
  ENETUNREACH: 101,
  EHOSTUNREACH: 113,
};

/**
 * Opens a TCP connection. Gives the socket, paused, or the Linux error number that `connect` would have set. The socket
 * is half-open capable: the firmware closes when *it* notices that the peer has.
 */
export async function connectTcp(address: string, port: number): Promise<Socket | number> {
  const socket = new Socket({ allowHalfOpen: true });
  socket.pause();
  return new Promise((resolve) => {
    const fail = (errno: number): void => {
      socket.destroy();
      resolve(errno);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(110));
    socket.once("error", (error: NodeJS.ErrnoException) => fail(errnoOf(error)));
    socket.connect({ host: address, port, noDelay: true }, () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(socket);
    });
  });
}

function errnoOf(error: NodeJS.ErrnoException): number {
  return ERRNO_OF_CODE[error.code ?? ""] ?? NO_ROUTE_ERRNO;
}
