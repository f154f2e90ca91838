import net, { type Socket } from "node:net";
import tls, { type TLSSocket } from "node:tls";
import { sendAnswer, type Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import { parseRequestHead, RequestError, type RequestHead } from "./request-head.ts";
import { serverTls } from "./server-tls.ts";
import { ReadError, SocketReader } from "./socket-reader.ts";

/** What arrived on one connection, byte for byte; less than a request if the client broke off. */
export interface ReceivedRequest {
  headBytes: Buffer;
  bodyBytes: Buffer;
  /** SNI; undefined if none was sent, or without TLS. */
  serverName: string | undefined;
  /** Status code of the answer; undefined while there is none. */
  status: number | undefined;
}

export interface StrictServerOptions {
  /** In log lines. */
  name: string;
  /** Server certificate; without one the server speaks plain HTTP. */
  issued?: IssuedCertificate;
  /** Judges a head before any of its body is read; gives the body's length or throws RequestError. */
  checkHead: (head: RequestHead) => number;
  /** Answers a whole request, or throws RequestError; undefined: stays silent. */
  answer: (request: { head: RequestHead; body: Buffer; serverName: string | undefined }) => Answer | undefined;
  headTimeoutMs?: number;
  bodyTimeoutMs?: number;
  log?: (line: string) => void;
}

export interface StrictServer extends LoopbackServer {
  /** One for each connection (on TLS: each finished handshake), oldest first. */
  readonly requests: ReceivedRequest[];
}

/** As large servers allow (Apache and nginx: 8 KB). */
const HEAD_LIMIT_BYTES = 8_192;
const HEAD_TIMEOUT_MS = 10_000;
/** A body that is shorter than its Content-Length says: not much longer than a slow board needs for an honest one. */
const BODY_TIMEOUT_MS = 3_000;

/**
 * Starts an HTTP server of one request a connection that reads the bytes itself, where node:http would be lenient or
 * answer in our place. Whatever it is sent, it answers with a status code or not at all; it never throws.
 */
export async function startStrictServer(options: StrictServerOptions): Promise<StrictServer> {
  const requests: ReceivedRequest[] = [];
  const serve = (socket: Socket): void => void serveConnection(socket, options, requests);
  const server = options.issued ? tls.createServer(serverTls(options.issued), serve) : net.createServer(serve);
  return Object.assign(await listenOnLoopback(server), { requests });
}

async function serveConnection(
  socket: Socket,
  options: StrictServerOptions,
  requests: ReceivedRequest[],
): Promise<void> {
  const received: ReceivedRequest = {
    headBytes: Buffer.alloc(0),
    bodyBytes: Buffer.alloc(0),
    serverName: (socket as Partial<TLSSocket>).servername || undefined,
    status: undefined,
  };
  requests.push(received);
  const answer = await receive(new SocketReader(socket), options, received).catch(refusal);
  received.status = answer?.status;
  options.log?.(`${options.name}: ${describe(received)}`);
  if (answer && !socket.destroyed) sendAnswer(socket, answer);
}

async function receive(
  reader: SocketReader,
  options: StrictServerOptions,
  received: ReceivedRequest,
): Promise<Answer | undefined> {
  received.headBytes = await reader
    .takeThroughEmptyLine(HEAD_LIMIT_BYTES, options.headTimeoutMs ?? HEAD_TIMEOUT_MS)
    .catch((error: unknown) => keepPartial(error, received, "headBytes"));
  const head = parseRequestHead(received.headBytes);
  received.bodyBytes = await reader
    .takeExactly(options.checkHead(head), options.bodyTimeoutMs ?? BODY_TIMEOUT_MS)
    .catch((error: unknown) => keepPartial(error, received, "bodyBytes"));
  if (reader.waiting > 0) {
    throw new RequestError(400, `Body is at least ${reader.waiting} bytes longer than its Content-Length`);
  }
  return options.answer({ head, body: received.bodyBytes, serverName: received.serverName });
}

function keepPartial(error: unknown, received: ReceivedRequest, part: "headBytes" | "bodyBytes"): never {
  if (error instanceof ReadError) received[part] = error.partial;
  throw error;
}

function refusal(error: unknown): Answer | undefined {
  const known = error instanceof ReadError ? asRequestError(error) : error;
  if (known === undefined) return undefined;
  if (!(known instanceof RequestError)) return { status: 500, body: { error: "server_error" } };
  const body = { error: known.code, error_description: known.message };
  return { status: known.status, headers: { "Cache-Control": "no-store", ...known.headers }, body };
}

/** A client that closed gets no answer. */
function asRequestError(error: ReadError): RequestError | undefined {
  if (error.reason === "closed") return undefined;
  if (error.reason === "limit") return new RequestError(431, `Head is longer than ${HEAD_LIMIT_BYTES} bytes`);
  return new RequestError(408, `Request stopped after ${error.partial.length} bytes of its head or body`);
}

/** Method and path only: headers and bodies may hold secrets. */
function describe(received: ReceivedRequest): string {
  const line = received.headBytes.toString("latin1").split("\r\n")[0] ?? "";
  const shown = JSON.stringify(line.split("?")[0]?.slice(0, 100));
  return `${shown} and ${received.bodyBytes.length} bytes of body: ${received.status ?? "no answer"}`;
}
