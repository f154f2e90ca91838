import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";
import type { IssuedCertificate } from "../../../../scripts/cloud/certificate-authority.ts";

/** How far a handshake gets: the server's answer is kept back, or the client's second flight, or nothing. */
export type Gate = "before the server's flight" | "before the client's second flight" | "open";

export interface TestServer {
  port: number;
  /** What happened, in order: `SNI name`, `secure version`, `data ...`, `error ...`. */
  seen: string[];
  /** Resolves once that was seen. */
  saw(pattern: RegExp): Promise<void>;
  /** Cuts every connection. */
  dropAll(): void;
}

export interface ServerOptions {
  gate?: Gate;
  tls?: TlsOptions;
}

/** A TLS server that answers everything with "re:" and the same, then closes politely. It stops when the test ends. */
export async function startServer(
  context: TestContext,
  identity: IssuedCertificate,
  { gate = "open", tls = {} }: ServerOptions = {},
): Promise<TestServer> {
  const log = new Log();
  const server = createTlsServer({ cert: identity.chainPem, key: identity.keyPem, maxVersion: "TLSv1.2", ...tls }, (socket) => {
    serve(socket, log);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => log.add(`error ${error.code}`));
  const sockets = trackSockets(server);
  const port = await listen(server);
  const front = createServer((socket) => passOn(socket, port, gate, log));
  const fronts = trackSockets(front);
  const frontPort = await listen(front);
  const dropAll = (): void => [...sockets, ...fronts].forEach((socket) => socket.destroy());
  context.after(() => {
    dropAll();
    server.close();
    front.close();
  });
  return { port: frontPort, seen: log.seen, saw: (pattern) => log.saw(pattern), dropAll };
}

function serve(socket: TLSSocket, log: Log): void {
  log.add(`SNI ${String(socket.servername)}`);
  log.add(`secure ${String(socket.getProtocol())}${socket.getPeerCertificate().subject ? " with client certificate" : ""}`);
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    log.add(`data ${String(bytes)}`);
    socket.end(`re:${String(bytes)}`);
  });
}

/** Stands between the board and the server. */
function passOn(socket: Socket, port: number, gate: Gate, log: Log): void {
  const upstream = connect(port, "127.0.0.1");
  let pieces = 0;
  socket.on("data", (bytes: Buffer) => {
    pieces++;
    log.noteAlert(bytes);
    if (pieces === 1 || gate !== "before the client's second flight") upstream.write(bytes);
  });
  upstream.on("data", (bytes: Buffer) => {
    if (gate !== "before the server's flight") socket.write(bytes);
  });
  socket.on("end", () => upstream.end());
  upstream.on("end", () => socket.end());
  for (const [one, other] of [[socket, upstream], [upstream, socket]] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** First byte of an alert record (RFC 5246, 6.2.1). */
const ALERT_RECORD = 21;

class Log {
  readonly seen: string[] = [];
  #checks: (() => void)[] = [];

  add(line: string): void {
    this.seen.push(line);
    for (const check of this.#checks) check();
  }

  /** An alert in the clear: its number. */
  noteAlert(bytes: Buffer): void {
    if (bytes[0] === ALERT_RECORD && bytes.length === 7) this.add(`alert ${bytes[6]}`);
  }

  saw(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.seen.some((line) => pattern.test(line))) resolve();
      };
      this.#checks.push(check);
      check();
    });
  }
}
