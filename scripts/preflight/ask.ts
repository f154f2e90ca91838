import { loadDeviceHttp, type AnswerHead, type ReaderError } from "./device-http.ts";
import { visit, type VisitOptions } from "./visit.ts";

export interface AskOptions extends Omit<VisitOptions, "request"> {
  host: string;
  /** Of the URL; `port` is where to connect. */
  hostPort: number;
  /** Path and query. */
  path: string;
  method: "GET" | "HEAD";
  httpVersion: "1.0" | "1.1";
  /** DER of the server's certificate; no other server is asked. */
  onlyTo: Buffer;
}

/** How the body's end is told. */
export type Framing = "length" | "chunked" | "close" | "none";

/** What the client makes of a server's answer. */
export interface Answer {
  statusCode?: number;
  framing?: Framing;
  /** As far as it was read. */
  bodyBytes: number;
  /** The body goes on, and was not read to its end. */
  isCutOff: boolean;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** The error that the client ends with. */
  code?: string;
}

/** The client names itself so (modules/request-options.ts). */
const USER_AGENT = "espruino-https";
/** Enough to know how it ends; no more is read. */
const MAX_BODY_BYTES = 256 * 1024;

/** Sends the request that the project's client would send, and reads the answer with its own parser. Never rejects. */
export async function ask(options: AskOptions): Promise<Answer> {
  const { host, hostPort, path, method, httpVersion, onlyTo } = options;
  const { serializeRequest, createResponseParser } = await loadDeviceHttp();
  const answer: Answer = { bodyBytes: 0, isCutOff: false, headers: {} };
  let isOver = false;
  let received = 0;
  const parser = createResponseParser({
    method,
    onHead: (head) => Object.assign(answer, describeHead(head, method)),
    onBody: (bytes) => { answer.bodyBytes += bytes.length; },
    onEnd: () => { isOver = true; },
    onError: ({ code }: ReaderError) => Object.assign(answer, { code }),
  });
  const request = serializeRequest({ method, host, port: hostPort, path, secure: true, httpVersion, headers: { "User-Agent": USER_AGENT } });
  const { end, answerEnd } = await visit({
    ...options,
    request: {
      bytes: Buffer.from(request, "latin1"),
      onlyTo,
      onBytes: (bytes) => {
        received += bytes.length;
        parser.push(bytes.toString("latin1"));
        answer.isCutOff = !isOver && answer.bodyBytes > MAX_BODY_BYTES;
        return isOver || answer.isCutOff || answer.code !== undefined;
      },
    },
  });
  if (end !== "secure" || answerEnd === "another server") return { ...answer, code: "E_HANDSHAKE" };
  if (answerEnd === "timeout") return { ...answer, code: received === 0 ? "E_TIMEOUT_FIRST_BYTE" : "E_TIMEOUT_IDLE" };
  if (answerEnd !== "whole" && !isOver && answer.code === undefined) parser.close(answerEnd === "clean");
  return answer;
}

function describeHead({ statusCode, headers }: AnswerHead, method: string): Pick<Answer, "statusCode" | "headers" | "framing"> {
  return { statusCode, headers, framing: framingOf(statusCode, headers, method) };
}

/** RFC 9112 6.3. */
function framingOf(statusCode: number, headers: Record<string, string>, method: string): Framing {
  if (method === "GET" && (statusCode === 204 || statusCode === 304)) return "none";
  if (headers["transfer-encoding"] !== undefined) return "chunked";
  return headers["content-length"] === undefined ? "close" : "length";
}
