// What a program asks for, checked and turned into what the client works with.
import type { Connection, ConnectionUser, Target } from "./connection";
import { refuse } from "./errors";
import { findHeader, serializeRequest } from "./http/request";
import type { RequestHead, RequestHeaders } from "./http/request";
import type { ResponseHead } from "./http/response-parser";
import type { DEADLINES, LIMITS } from "./limits";
import { createOutgoing } from "./outgoing";
import type { BodySource, Outgoing } from "./outgoing";
import type { BytesListener } from "./socket";
import { parseUrl } from "./url";
import type { Origin } from "./url";
import type { TlsOptions } from "./verification";

/** Keeps connections for the requests that name it: modules/keep-alive.ts. */
export interface Agent {
  /** @internal A connection that was kept for the same server and the same demands, undefined when there is none. */
  take(target: Target, wanted: TlsOptions, user: ConnectionUser, onBytes: BytesListener): Connection | undefined;
  /** @internal Whether a request may be sent again that may have been acted on. */
  mayRepeat(wanted: RequestOptions): boolean;
  /** @internal Keeps a connection whose response is complete; false when it cannot be used again. */
  keep(connection: Connection, head: ResponseHead): boolean;
  /** Closes the connection that is kept, if there is one. */
  close(): void;
}

export interface RequestOptions extends TlsOptions {
  /** `https://host[:port]/path`; or the parts of it one by one. */
  url?: string;
  protocol?: "https:" | "http:";
  host?: string;
  /** Another name of `host`, as in node. */
  hostname?: string;
  port?: number;
  path?: string;
  method?: string;
  headers?: RequestHeaders;
  /** A function's length must be given as Content-Length, or `httpVersion: "1.1"` with `Transfer-Encoding: chunked`. */
  body?: string | BodySource;
  /** Default "1.0"; with an agent "1.1". */
  httpVersion?: "1.0" | "1.1";
  /** Keeps the connection for the next request: `keepAlive` of modules/keep-alive.ts. */
  agent?: Agent;
  deadlines?: Partial<typeof DEADLINES>;
  limits?: Partial<typeof LIMITS>;
  /** @internal Asked with the head; true ends the request with E_ABORTED, and nothing of its body is given out. */
  isEnough?(head: ResponseHead): boolean;
  /** @internal Set by the agent's answer. */
  mayRepeat?: boolean;
  /** Called once with the head, before any byte of the body. */
  onHead?(head: ResponseHead): void;
  /** Streams the body, which is not collected then. Called inside the firmware's data event. */
  onData?(bytes: string): void;
}

/** Where a request goes. Raises E_OPTION. */
export function originOf(options: RequestOptions): Origin {
  if (options.url !== undefined) return parseUrl(options.url);
  const secure = options.protocol !== "http:";
  if (secure && options.protocol && options.protocol !== "https:") refuse("protocol", options.protocol);
  return { secure, host: options.host || options.hostname || "", port: options.port || (secure ? 443 : 80), path: options.path || "/" };
}

/**
 * The bytes to send, the head already made, with a User-Agent because many services refuse a request without one (RFC 9110
 * 10.1.5). `wanted` loses what is not needed any more: a request may wait long for its turn. Raises E_OPTION and E_TEXT_MIXED.
 */
export function outgoingOf(wanted: RequestOptions & Origin): Outgoing {
  const head: RequestHead = wanted as object;
  const headers = wanted.headers!;
  const body: any = wanted.body;
  const source: BodySource | undefined = typeof body === "function" ? body : undefined;
  const length = findHeader(headers, "content-length");
  if (source && length === undefined && !findHeader(headers, "transfer-encoding")) refuse("header missing", "Content-Length");
  if (!findHeader(headers, "user-agent")) headers["User-Agent"] = "espruino-https";
  if (wanted.agent) {
    wanted.mayRepeat = wanted.agent.mayRepeat(wanted);
    wanted.httpVersion = wanted.httpVersion || "1.1";
    if (findHeader(headers, "connection") === undefined) headers["Connection"] = "keep-alive";
  }
  if (source) delete head.body;
  const bytes = serializeRequest(head);
  delete wanted.url;
  delete wanted.protocol;
  delete wanted.headers;
  delete wanted.body;
  delete wanted.onData;
  return createOutgoing(bytes, source, length);
}
