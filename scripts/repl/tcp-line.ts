import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { BUSY_NOTICE, cliFailure } from "../espruino-cli/failure.ts";
import type { Port } from "../espruino-cli/port.ts";
import type { BoardLine } from "./board-line.ts";

/**
 * Opens a console over TCP. By a socket of our own: the espruino CLI's would write bytes above 127 as two (0.1.67), and tells no end.
 * @throws CliFailure when nothing listens there
 */
export async function openTcpLine(port: Port & { kind: "tcp" }): Promise<BoardLine> {
  const socket = connect({ host: port.host, port: port.port, noDelay: true });
  await once(socket, "connect").catch((error: NodeJS.ErrnoException) => {
    throw cliFailure(error.code === "ECONNREFUSED" ? "refused" : "unreachable", port, error.message);
  });
  const isBusy = watchForBusy(socket);
  socket.pause();
  return {
    write: (bytes) => void socket.write(bytes),
    onBytes: (listener) => void socket.on("data", listener).resume(),
    ended: gone(socket).then(() => cliFailure(isBusy() ? "busy" : "disconnected", port)),
    close: () => void socket.destroy(),
  };
}

function watchForBusy(socket: Socket): () => boolean {
  let first = "";
  socket.on("data", (bytes: Buffer) => {
    if (first.length < BUSY_NOTICE.length) first += bytes.toString("latin1", 0, BUSY_NOTICE.length);
  });
  return () => first.startsWith(BUSY_NOTICE);
}

async function gone(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  await once(socket, "close");
}
