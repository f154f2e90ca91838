import type { AddressInfo, Server, Socket } from "node:net";

export const LOOPBACK = "127.0.0.1";

/** A TCP server of the local cloud that listens on loopback. */
export interface LoopbackServer {
  port: number;
  /** `127.0.0.1:PORT`, as the settings' `connectTo` wants it. */
  address: string;
  /** TCP connections that are open now. */
  openConnections(): number;
  /** Destroys every connection and closes the server. Resolves when both are gone; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1 and keeps track of connections, so that stop() leaves nothing behind.
 *
 * @throws the server's own "error", should it not be able to listen
 */
export async function listenOnLoopback(server: Server): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A peer's reset is ordinary here; without a listener it would end the process.
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `${LOOPBACK}:${port}`,
    openConnections: () => sockets.size,
    stop: () => stopServer(server, sockets),
  };
}

function stopServer(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    // The callback's error only says that the server was closed already.
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
