import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { endAndDrain } from "./end-and-drain.ts";

export interface Answer {
  status: number;
  /** In this order, before those that every answer has; one of the same name stands in its place. */
  headers?: Record<string, string>;
  /**
   * Bytes go with their Content-Length. Pieces are made while they are sent: chunked to HTTP/1.1, each piece a chunk, and until
   * the connection's end to HTTP/1.0 (RFC 9112 6).
   */
  body: Buffer | Iterable<Buffer>;
  /** Behind the size of every fourth chunk (RFC 9112 7.1.1), for example `;part=4`. */
  chunkExtension?: string;
  /** Behind the last chunk (RFC 9112 7.1.2). */
  trailers?: Record<string, string>;
  /** Head and body go apart, this long after one another; without it they go together. */
  bodyDelayMs?: number;
}

export interface AnswerFraming {
  /** To HEAD nothing is sent but the head that GET would get. */
  isHead: boolean;
  takesChunks: boolean;
  /** Says `Connection: close`; the caller closes. */
  closes: boolean;
}

const EXTENDED_CHUNK = 4;

/** An answer with JSON of `value`. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: Buffer.from(JSON.stringify(value)) };
}

/** Sends an answer and resolves when it has been handed to the socket, or cannot be because the client left. Never rejects. */
export async function sendAnswer(socket: Socket, answer: Answer, framing: AnswerFraming): Promise<void> {
  const head = Buffer.from(serializeHead(answer, framing), "latin1");
  await pipeline(parts(head, answer, framing), socket, { end: false }).catch(() => undefined);
  if (framing.closes) endAndDrain(socket);
}

async function* parts(head: Buffer, answer: Answer, framing: AnswerFraming): AsyncIterable<Buffer> {
  const { body, bodyDelayMs } = answer;
  if (framing.isHead) yield head;
  else if (bodyDelayMs === undefined && Buffer.isBuffer(body)) yield Buffer.concat([head, body]);
  else {
    yield head;
    await pause(bodyDelayMs ?? 0, undefined, { ref: false });
    if (Buffer.isBuffer(body)) yield body;
    else yield* framing.takesChunks ? chunked(body, answer) : body;
  }
}

function* chunked(pieces: Iterable<Buffer>, { chunkExtension = "", trailers = {} }: Answer): Iterable<Buffer> {
  let count = 0;
  for (const piece of pieces) {
    const extension = ++count % EXTENDED_CHUNK === 0 ? chunkExtension : "";
    const size = piece.length.toString(16) + extension;
    yield Buffer.concat([Buffer.from(`${size}\r\n`), piece, Buffer.from("\r\n")]);
  }
  yield Buffer.from(`0\r\n${headerLines(Object.entries(trailers))}\r\n`, "latin1");
}

function serializeHead(answer: Answer, { takesChunks, closes }: AnswerFraming): string {
  const given = Object.entries(answer.headers ?? {});
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const usual = Object.entries({ Date: new Date().toUTCString(), ...framingHeader(answer.body, takesChunks), Connection: "" });
  const all = [...given, ...usual.filter(([name]) => !names.has(name.toLowerCase()))];
  const connection = closes ? "close" : "keep-alive";
  const lines = headerLines(all.map(([name, value]) => [name, name.toLowerCase() === "connection" ? connection : value]));
  return `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${lines}\r\n`;
}

function framingHeader(body: Answer["body"], takesChunks: boolean): Record<string, string> {
  if (Buffer.isBuffer(body)) return { "Content-Length": String(body.length) };
  return takesChunks ? { "Transfer-Encoding": "chunked" } : {};
}

function headerLines(headers: [name: string, value: string][]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}
