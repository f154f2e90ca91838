// A server whose connections stay open, and who does with each request what a test says.
import net, { type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";

/** One request as it came. */
export interface SeenRequest {
  method: string;
  head: string;
  body: string;
  /** Which connection it came over, counted from 1, and as which of that connection's requests. */
  connection: number;
  ofConnection: number;
  /** Among all, counted from 1. */
  number: number;
}

/** `raw` is the TCP connection under `socket`, or the same. */
export type Answer = (request: SeenRequest, socket: Socket, raw: Socket) => void;

export interface KeptServer extends LoopbackServer {
  seen: SeenRequest[];
  /** Forgets what it has seen; the next connection is the first. */
  restart(): void;
}

/** @param answer what to do with a request; the default writes "ok" with its length */
export async function startKeptServer(issued: IssuedCertificate | undefined, answer: Answer = sayOk): Promise<KeptServer> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const secureContext = issued && createSecureContext({ ...serverTls(issued), maxVersion: "TLSv1.2" });
  const server = net.createServer((raw) => {
    const socket = secureContext ? new TLSSocket(raw, { isServer: true, secureContext }) : raw;
    const connection = ++connections;
    let ofConnection = 0;
    let text = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (let request = takeRequest(text); request; request = takeRequest(text)) {
        text = text.slice(request.bytes);
        const { method, head, body } = request;
        const whole = { method, head, body, connection, ofConnection: ++ofConnection, number: seen.length + 1 };
        seen.push(whole);
        answer(whole, socket, raw);
      }
    });
  });
  const restart = (): void => {
    seen.length = 0;
    connections = 0;
  };
  return Object.assign(await listenOnLoopback(server), { seen, restart });
}

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

export function sayOk(_request: SeenRequest, socket: Socket): void {
  socket.write(OK);
}

function takeRequest(text: string): { method: string; head: string; body: string; bytes: number } | undefined {
  const headEnd = text.indexOf("\r\n\r\n") + 4;
  if (headEnd < 4) return undefined;
  const head = text.slice(0, headEnd);
  const bytes = headEnd + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  if (text.length < bytes) return undefined;
  return { method: head.split(" ")[0]!, head, body: text.slice(headEnd, bytes), bytes };
}
