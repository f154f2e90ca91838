// An HTTPS server of which a test sees what came over the wire: the ClientHello, and whether any byte of a request.
import net from "node:net";
import tls from "node:tls";
import { parseClientHello, type ClientHello } from "../../scripts/cloud/client-hello.ts";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";

/** One connection, as the server's side of the wire shows it. */
export interface Visit {
  hello: ClientHello | undefined;
  /** Bytes in TLS records of type application data, still encrypted: anything but 0 is a request that left the board. */
  applicationBytes: number;
}

export interface TappedServer extends LoopbackServer {
  /** Connections in the order in which they came, those that are still open too; without the first so many. */
  visits(from?: number): Visit[];
  visitCount(): number;
}

const RECORD_HEADER_BYTES = 5;
const APPLICATION_DATA = 23;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** Starts a server that answers each request with "ok". */
export async function startTappedServer(options: tls.TlsOptions): Promise<TappedServer> {
  const inner = await listenOnLoopback(tls.createServer(options, answer).on("tlsClientError", () => undefined));
  const received: Buffer[][] = [];
  const outer = await listenOnLoopback(net.createServer((client) => {
    const chunks: Buffer[] = [];
    received.push(chunks);
    const upstream = net.connect(inner.port, LOOPBACK).on("error", () => client.destroy());
    client.on("data", (chunk) => chunks.push(chunk)).on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  }));
  return {
    ...outer,
    visitCount: () => received.length,
    visits: (from = 0) => received.slice(from).map((chunks) => visitOf(Buffer.concat(chunks))),
    stop: async () => void (await Promise.all([outer.stop(), inner.stop()])),
  };
}

function answer(socket: tls.TLSSocket): void {
  // The one piece of a GET without body.
  socket.once("data", () => socket.end(ANSWER)).on("error", () => socket.destroy());
}

function visitOf(bytes: Buffer): Visit {
  let applicationBytes = 0;
  for (let at = 0; at + RECORD_HEADER_BYTES <= bytes.length; at += RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 3)) {
    if (bytes[at] === APPLICATION_DATA) applicationBytes += bytes.readUInt16BE(at + 3);
  }
  return { hello: parseClientHello(bytes), applicationBytes };
}
