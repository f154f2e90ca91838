import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { BUSY_NOTICE, cliFailure } from "../espruino-cli/failure.ts";
import type { Port } from "../espruino-cli/port.ts";
import { isLeavingKey } from "./leaving-keys.ts";

/** How long the board must be quiet after piped input before the terminal is left. */
const QUIET_MS = 500;

/**
 * A raw terminal to a console over TCP: keys go to the board, its bytes to this terminal.
 * @returns exit code 0 when the person left, 1 when the board went away
 * @throws CliFailure when nothing listens there, or the console is in use
 */
export async function openTcpTerminal(port: Port & { kind: "tcp" }): Promise<number> {
  const socket = connect({ host: port.host, port: port.port, noDelay: true });
  await once(socket, "connect").catch((error: NodeJS.ErrnoException) => {
    throw cliFailure(error.code === "ECONNREFUSED" ? "refused" : "unreachable", port, error.message);
  });
  const busy = watchForBusy(socket);
  socket.pipe(process.stdout, { end: false });
  const isLeaving = process.stdin.isTTY ? typeKeys(socket) : typeLines(socket);
  const hasLeft = await Promise.race([isLeaving.then(() => true), gone(socket).then(() => false)]);
  socket.destroy();
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.pause();
  if (!hasLeft && busy()) throw cliFailure("busy", port);
  if (!hasLeft) console.error(`\n${cliFailure("disconnected", port).message}`);
  return hasLeft ? 0 : 1;
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

/** Resolves when the person leaves. */
function typeKeys(socket: Socket): Promise<void> {
  console.log("Connected. Ctrl-C twice or Ctrl-D leaves.");
  process.stdin.setRawMode(true);
  const leaves = isLeavingKey();
  return new Promise((resolve) => {
    process.stdin.on("data", (keys: Buffer) => {
      if (leaves(keys, performance.now())) resolve();
      else socket.write(keys);
    });
  });
}

/** Resolves when everything piped in has been typed and the board has been quiet for a while. */
async function typeLines(socket: Socket): Promise<void> {
  process.stdin.on("data", (bytes) => socket.write(bytes));
  await once(process.stdin, "end");
  await new Promise<void>((resolve) => {
    const quiet = setTimeout(resolve, QUIET_MS);
    socket.on("data", () => quiet.refresh());
  });
}
