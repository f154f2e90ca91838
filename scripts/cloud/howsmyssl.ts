import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import net from "node:net";
import type { IssuedCertificate } from "./certificate-authority.ts";
import type { ClientHello } from "./client-hello.ts";
import { peekClientHello } from "./peek-client-hello.ts";
import { reportOn } from "./howsmyssl-report.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import { serverTls } from "./server-tls.ts";

export const HOWSMYSSL_HOST = "www.howsmyssl.com";

export interface HowsMySslOptions {
  /** Finish the handshake, read the request, never answer. */
  silent?: boolean;
  /** Clock that decides the rating, in ms since 1970; default: this computer's. */
  now?: () => number;
  log?: (line: string) => void;
}

export interface HowsMySsl extends LoopbackServer {
  /** What each connection offered, oldest first; its `serverName` is the SNI. */
  readonly hellos: ClientHello[];
}

/**
 * Starts a stand-in for www.howsmyssl.com: `GET /a/check` answers in the real service's JSON with what this very
 * connection's ClientHello held. One request a connection, as there; it ends with close_notify.
 */
export async function startHowsMySsl(issued: IssuedCertificate, options: HowsMySslOptions = {}): Promise<HowsMySsl> {
  const hellos: ClientHello[] = [];
  const byPeerPort = new Map<number, ClientHello>();
  const server = https.createServer(serverTls(issued), (request, response) => {
    const hello = byPeerPort.get(request.socket.remotePort ?? 0);
    options.log?.(`howsmyssl: ${request.method} ${request.url} (server name ${hello?.serverName ?? "not sent"})`);
    if (!options.silent) answer(request, response, hello, (options.now ?? Date.now)());
  });
  const listener = net.createServer((socket) => {
    void peekClientHello(socket).then((hello) => {
      if (hello !== undefined) remember(socket, hello);
      if (!socket.destroyed) server.emit("connection", socket);
    });
  });

  function remember(socket: net.Socket, hello: ClientHello): void {
    const { remotePort = 0 } = socket;
    hellos.push(hello);
    byPeerPort.set(remotePort, hello);
    socket.on("close", () => byPeerPort.delete(remotePort));
  }

  return Object.assign(await listenOnLoopback(listener), { hellos });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  hello: ClientHello | undefined,
  nowMs: number,
): void {
  const found = hello !== undefined && request.url?.split("?")[0] === "/a/check";
  const body = found ? JSON.stringify(reportOn(hello, nowMs)) : "404 page not found\n";
  response.writeHead(found ? 200 : 404, {
    "Content-Type": found ? "application/json" : "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Access-Control-Allow-Origin": "*",
    "Strict-Transport-Security": "max-age=631138519; includeSubdomains; preload",
    Connection: "close",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
