import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { BUSY_NOTICE } from "../espruino-cli/failure.ts";
import type { Engine } from "./engine.ts";

/** Where people and tools look for an Espruino console over TCP. */
export const DEFAULT_CONSOLE_PORT = 2323;
const LOOPBACK = "127.0.0.1";
/** What a person who connects later gets to see; a serial line would keep nothing. */
const KEPT_OUTPUT_BYTES = 64 * 1024;
/** What may wait for a client that does not read; beyond it output is dropped, as on a serial line. */
const UNREAD_OUTPUT_BYTES = 1024 * 1024;

export interface ConsoleServer {
  /** The port that is served; not the one asked for when that was busy. */
  port: number;
  /** Closes the connection and the server. Resolves when nothing is left; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Serves the serial line of an engine over TCP on this computer alone, to one connection at a time. Output that nobody
 * is connected to see is kept, the last 64 KB of it, and comes first on the next connection.
 * @param wantedPort 0: any free one. When it is taken by another program, a free one is used instead.
 */
export async function startConsoleServer(engine: Engine, wantedPort = DEFAULT_CONSOLE_PORT): Promise<ConsoleServer> {
  const line = new SerialLine(engine);
  const server = createServer({ noDelay: true }, (socket) => line.connect(socket));
  await listen(server, wantedPort).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    await listen(server, 0);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      line.disconnect();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

/** Connects the engine with at most one socket. */
class SerialLine {
  #engine: Engine;
  #socket: Socket | undefined;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    engine.onOutput((bytes) => this.#onOutput(bytes));
  }

  connect(socket: Socket): void {
    // A client that vanishes is no reason for the board to stop.
    socket.on("error", () => socket.destroy());
    if (this.#socket) {
      socket.end(`${BUSY_NOTICE}: it serves one connection at a time.\r\n`);
      socket.resume();
      return;
    }
    this.#socket = socket;
    for (const bytes of this.#kept.splice(0)) socket.write(bytes);
    this.#keptBytes = 0;
    socket.on("data", (bytes) => this.#engine.write(bytes));
    socket.once("end", () => this.#release(socket));
    socket.once("close", () => this.#release(socket));
  }

  disconnect(): void {
    this.#socket?.destroy();
  }

  #release(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  #onOutput(bytes: Uint8Array): void {
    if (!this.#socket) this.#keep(bytes);
    else if (this.#socket.writableLength < UNREAD_OUTPUT_BYTES) this.#socket.write(bytes);
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    while (this.#keptBytes > KEPT_OUTPUT_BYTES) {
      const excess = this.#keptBytes - KEPT_OUTPUT_BYTES;
      const oldest = this.#kept[0] ?? new Uint8Array();
      if (oldest.length <= excess) this.#kept.shift();
      else this.#kept[0] = oldest.subarray(excess);
      this.#keptBytes -= Math.min(excess, oldest.length);
    }
  }
}
