import net, { type Server, type Socket } from "node:net";
import tls, { type TlsOptions, type TLSSocket } from "node:tls";
import { jsonAnswer, sendAnswer, type Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { gateByClientCertificate } from "./client-certificate-gate.ts";
import { endAndDrain } from "./end-and-drain.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import { keepsAlive, parseRequestHead, RequestError, type RequestHead } from "./request-head.ts";
import { gateByServerName } from "./server-name-gate.ts";
import { mutualTls, serverTls } from "./server-tls.ts";
import { ReadError, SocketReader } from "./socket-reader.ts";

/** What arrived as one request, byte for byte; less than a request if the client broke off. */
export interface ReceivedRequest {
  headBytes: Buffer;
  bodyBytes: Buffer;
  /** SNI; undefined if none was sent, or without TLS. */
  serverName: string | undefined;
  /** Status code of the answer; undefined while there is none. */
  status: number | undefined;
  /** Which connection it came on, counted from 1: on TLS, which handshake. */
  connection: number;
}

/** In place of an answer: the connection stays open without a word, or ends without one. */
export type Silence = "no answer" | "hang up";

export interface WholeRequest {
  head: RequestHead;
  body: Buffer;
  serverName: string | undefined;
  /** DER of the certificate that the client has shown, where it had to. */
  clientCertificate: Buffer | undefined;
}

export interface ClientCertificates {
  /** PEM of the authority that client certificates must be from. */
  authorityPem: string;
  /** Whether this very certificate (DER) may be used. */
  accepts: (der: Buffer) => boolean;
}

export interface StrictServerOptions {
  /** In log lines. */
  name: string;
  /** Server certificate; without one the server speaks plain HTTP. */
  issued?: IssuedCertificate;
  /** The one name that a TLS client may ask for; default: it does not matter. */
  onlyServerName?: string | undefined;
  /** Mutual TLS. */
  clientCertificates?: ClientCertificates;
  /** Judges a head before any of its body is read; gives the body's length or throws RequestError. */
  checkHead: (head: RequestHead) => number;
  /** Answers a whole request, or throws RequestError. */
  answer: (request: WholeRequest) => Answer | Silence;
  /** Says a RequestError in the service's own words; default: those of OAuth (RFC 6749 5.2). */
  refuse?: (error: RequestError) => Answer;
  /** Read requests, never answer. */
  silent?: boolean | undefined;
  headTimeoutMs?: number | undefined;
  bodyTimeoutMs?: number | undefined;
  /** How long a connection waits for its next request; default: each has one. */
  keepAliveMs?: number | undefined;
  log?: ((line: string) => void) | undefined;
}

/** Options that every service of the local cloud has. */
export type ServiceOptions = Pick<StrictServerOptions, "silent" | "log">;

export interface StrictServer extends LoopbackServer {
  /** At least one for each connection (on TLS: each finished handshake), oldest first. */
  readonly requests: ReceivedRequest[];
  /** Server names that were refused, oldest first; undefined: none was sent. */
  readonly refusedNames: (string | undefined)[];
}

/** As large servers allow (Apache and nginx: 8 KB). */
const HEAD_LIMIT_BYTES = 8_192;
const HEAD_TIMEOUT_MS = 10_000;
/** A body that is shorter than its Content-Length says: not much longer than a slow board needs for an honest one. */
const BODY_TIMEOUT_MS = 3_000;

/**
 * Starts an HTTP server that reads the bytes itself, where node:http would be lenient or answer in our place. Whatever
 * it is sent, it answers with a status code, a TLS alert, or not at all; it never throws. A request must come alone:
 * what follows its body before it was answered is taken for a wrong Content-Length.
 */
export async function startStrictServer(options: StrictServerOptions): Promise<StrictServer> {
  const requests: ReceivedRequest[] = [];
  const refusedNames: StrictServer["refusedNames"] = [];
  let connections = 0;
  const serve = (socket: Socket): void => void serveConnection(socket, options, requests, ++connections);
  const refuse = (serverName: string | undefined): void => {
    refusedNames.push(serverName);
    options.log?.(`${options.name}: server name ${JSON.stringify(serverName) ?? "(none sent)"} refused with an alert`);
  };
  const server = options.issued ? secureServer(options.issued, options, serve, refuse) : net.createServer(serve);
  return Object.assign(await listenOnLoopback(server), { requests, refusedNames });
}

function secureServer(
  issued: IssuedCertificate,
  { name, clientCertificates, onlyServerName, log }: StrictServerOptions,
  serve: (socket: Socket) => void,
  refuseName: (serverName: string | undefined) => void,
): Server {
  const how: TlsOptions = clientCertificates ? mutualTls(issued, clientCertificates.authorityPem) : serverTls(issued);
  const server = tls.createServer(how, serve);
  if (onlyServerName !== undefined) return gateByServerName(server, onlyServerName, refuseName);
  if (!clientCertificates) return server;
  return gateByClientCertificate(server, (der) => {
    const isAccepted = clientCertificates.accepts(der);
    if (!isAccepted) log?.(`${name}: client certificate refused with an alert`);
    return isAccepted;
  });
}

interface Connection {
  socket: Socket;
  reader: SocketReader;
  options: StrictServerOptions;
  requests: ReceivedRequest[];
  number: number;
}

async function serveConnection(
  socket: Socket,
  options: StrictServerOptions,
  requests: ReceivedRequest[],
  number: number,
): Promise<void> {
  const connection = { socket, reader: new SocketReader(socket), options, requests, number };
  const { keepAliveMs } = options;
  while (await serveRequest(connection)) {
    if (await connection.reader.arrives(keepAliveMs!)) continue;
    endAndDrain(socket);
    return;
  }
}

/** Gives whether the connection waits for another request. */
async function serveRequest(connection: Connection): Promise<boolean> {
  const { socket, options } = connection;
  const received = newRecord(connection);
  connection.requests.push(received);
  const { head, answer, isOver } = await respond(connection, received);
  received.status = answer?.status;
  options.log?.(`${options.name}: ${describe(received)}`);
  if (!answer || socket.destroyed) return false;
  const closes = isOver || options.keepAliveMs === undefined || !head || !keepsAlive(head);
  const framing = { isHead: head?.method === "HEAD", takesChunks: head?.httpVersion === "1.1", closes };
  await sendAnswer(socket, answer, framing);
  return !closes;
}

function newRecord({ socket, number }: Connection): ReceivedRequest {
  const serverName = (socket as Partial<TLSSocket>).servername || undefined;
  return { headBytes: Buffer.alloc(0), bodyBytes: Buffer.alloc(0), serverName, status: undefined, connection: number };
}

interface Response {
  head?: RequestHead | undefined;
  /** Undefined: none is sent. */
  answer: Answer | undefined;
  /** What follows on the connection cannot be told from the rest of this request. */
  isOver: boolean;
}

async function respond({ socket, reader, options }: Connection, received: ReceivedRequest): Promise<Response> {
  let head: RequestHead | undefined;
  let isOver = true;
  try {
    head = await receiveHead(reader, options, received);
    await receiveBody(head, reader, options, received);
    isOver = false;
    if (options.silent) return { answer: undefined, isOver };
    const clientCertificate = options.clientCertificates && (socket as TLSSocket).getPeerX509Certificate()?.raw;
    const request = { head, body: received.bodyBytes, serverName: received.serverName, clientCertificate };
    const answer = options.answer(request);
    if (answer === "hang up") socket.destroy();
    return { head, answer: typeof answer === "string" ? undefined : answer, isOver };
  } catch (error) {
    return { head, answer: refusal(error, options), isOver };
  }
}

async function receiveHead(
  reader: SocketReader,
  { headTimeoutMs = HEAD_TIMEOUT_MS }: StrictServerOptions,
  received: ReceivedRequest,
): Promise<RequestHead> {
  received.headBytes = await reader
    .takeThroughEmptyLine(HEAD_LIMIT_BYTES, headTimeoutMs)
    .catch((error: unknown) => keepPartial(error, received, "headBytes"));
  return parseRequestHead(received.headBytes);
}

async function receiveBody(
  head: RequestHead,
  reader: SocketReader,
  { checkHead, bodyTimeoutMs = BODY_TIMEOUT_MS }: StrictServerOptions,
  received: ReceivedRequest,
): Promise<void> {
  received.bodyBytes = await reader
    .takeExactly(checkHead(head), bodyTimeoutMs)
    .catch((error: unknown) => keepPartial(error, received, "bodyBytes"));
  if (reader.waiting > 0) {
    throw new RequestError(400, `Body is at least ${reader.waiting} bytes longer than its Content-Length`);
  }
}

function keepPartial(error: unknown, received: ReceivedRequest, part: "headBytes" | "bodyBytes"): never {
  if (error instanceof ReadError) received[part] = error.partial;
  throw error;
}

function refusal(error: unknown, { refuse = refuseAsOAuth }: StrictServerOptions): Answer | undefined {
  const known = error instanceof ReadError ? asRequestError(error) : error;
  if (known === undefined) return undefined;
  return refuse(known instanceof RequestError ? known : new RequestError(500, "Cannot answer", "server_error"));
}

function refuseAsOAuth(error: RequestError): Answer {
  const body = { error: error.code, error_description: error.message };
  return jsonAnswer(error.status, body, { "Cache-Control": "no-store", ...error.headers });
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
