import { createSocket, type RemoteInfo } from "node:dgram";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { Identity } from "./scenario-certificates.ts";

/** A server on loopback for one scenario. */
export interface ScenarioServer {
  port: number;
  /** What the server saw, in its own words. */
  seen: string[];
  /** Resolves when the server saw `text`. */
  saw(text: string): Promise<void>;
  close(): Promise<void>;
}

const ANSWER_DELAY_MS = 20;

export type Note = (text: string) => void;

/** Plain TCP. `serve` gets each connection; allowHalfOpen, so that only `serve` decides when the server closes. */
export function startTcp(serve: (socket: Socket, note: Note) => void): Promise<ScenarioServer> {
  return listen((note) => createTcpServer({ allowHalfOpen: true }, (socket) => serve(quiet(socket), note)));
}

/** TLS. `serve` gets the secured connection and the TCP socket below it. */
export function startTls(
  identity: Identity,
  options: TlsOptions,
  serve: (socket: TLSSocket, raw: Socket, note: Note) => void,
): Promise<ScenarioServer> {
  return listen((note) => {
    let raw: Socket;
    const server = createTlsServer({ cert: identity.certPem, key: identity.keyPem, ...options }, (socket) => {
      serve(quiet(socket), raw, note);
    });
    server.on("connection", (socket) => (raw = quiet(socket)));
    server.on("tlsClientError", (error: NodeJS.ErrnoException) => note(`client error ${error.code}`));
    return server;
  });
}

/**
 * Does `work` a little later: an answer on loopback can be there before the pass that sent the question is over, and
 * then its events come in another order.
 */
export function later(work: () => void): void {
  setTimeout(work, ANSWER_DELAY_MS);
}

/** UDP. `serve` gets each datagram and a function that answers it. */
export async function startUdp(
  serve: (bytes: Buffer, answer: (bytes: Buffer) => void, note: Note) => void,
): Promise<ScenarioServer> {
  const socket = createSocket("udp4");
  const log = new Log();
  socket.on("message", (bytes: Buffer, peer: RemoteInfo) => {
    serve(bytes, (reply) => socket.send(reply, peer.port, peer.address), log.note);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return log.serverOn(socket.address().port, () => new Promise((resolve) => socket.close(() => resolve())));
}

function quiet<T extends Socket>(socket: T): T {
  socket.on("error", () => {});
  return socket;
}

async function listen(create: (note: Note) => Server): Promise<ScenarioServer> {
  const log = new Log();
  const sockets = new Set<Socket>();
  const server = create(log.note);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return log.serverOn((server.address() as AddressInfo).port, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
}

/** What a server saw, and those who wait for it. */
class Log {
  readonly #seen: string[] = [];
  readonly #checks = new Set<() => void>();

  readonly note: Note = (text) => {
    this.#seen.push(text);
    for (const check of this.#checks) check();
  };

  serverOn(port: number, close: () => Promise<void>): ScenarioServer {
    return { port, seen: this.#seen, saw: (text) => this.#saw(text), close };
  }

  #saw(text: string): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.#seen.includes(text)) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }
}
