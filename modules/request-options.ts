// What a program asks for, checked and turned into what the client works with.
import { refuse } from "./errors";
import { findHeader, serializeRequest } from "./http/request";
import type { RequestHead, RequestHeaders } from "./http/request";
import type { ResponseHead } from "./http/response-parser";
import type { DEADLINES, LIMITS } from "./limits";
import { createOutgoing } from "./outgoing";
import type { BodySource, Outgoing } from "./outgoing";
import type { Route } from "./route";
import type { Settings } from "./settings";
import { planGuard } from "./tls/guard";
import type { Guard } from "./tls/guard";
import { parseUrl } from "./url";
import type { Origin } from "./url";

export interface RequestOptions {
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
  httpVersion?: "1.0" | "1.1";
  /** Trust anchor, and for mutual TLS certificate and key: DER, or a function that returns it. */
  ca?: DerSource;
  cert?: DerSource;
  key?: DerSource;
  /** SHA-256 or SHA-1 of the server's certificate, or SHA-256 of its public key: in addition to a CA, or instead. */
  pins?: string[];
  /** "1.2" (default), "1.1" or "1.0". */
  minTls?: string;
  /** "required" (default) or "none"; the settings' own `verify` counts where this is not given. */
  verify?: string;
  settings?: Settings | undefined;
  deadlines?: Partial<typeof DEADLINES>;
  limits?: Partial<typeof LIMITS>;
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
 * What a TLS request demands of its server; undefined when the program or its settings say that it need not be verified, which is
 * logged each time. Raises E_OPTION and what planGuard raises.
 */
export function guardFor(options: RequestOptions, host: string, route: Route): Guard | undefined {
  const settings = options.settings || {};
  const verify = options.verify || settings.verify || "required";
  if (verify === "required") {
    return planGuard({
      host,
      hasCa: !!(route.ca || options.ca),
      isSpareCert: !!options.cert && !options.key,
      isMutual: !!options.key,
      pinTexts: route.pins || options.pins || [],
      lowestTls: options.minTls,
      told: settings,
    });
  }
  if (verify !== "none") refuse("verify", verify);
  console.log("WARNING: " + host + " is not verified (verify: none)");
}

/**
 * The bytes to send, the head already made, with a User-Agent because many services refuse a request without one (RFC 9110
 * 10.1.5). Raises E_OPTION and E_TEXT_MIXED.
 */
export function outgoingOf(options: RequestOptions, origin: Origin): Outgoing {
  const headers: RequestHeaders = Object.assign({}, options.headers || {});
  const body: any = options.body;
  const source: BodySource | undefined = typeof body === "function" ? body : undefined;
  const length = findHeader(headers, "content-length");
  if (source && length === undefined && !findHeader(headers, "transfer-encoding")) refuse("header missing", "Content-Length");
  if (!findHeader(headers, "user-agent")) headers["User-Agent"] = "espruino-https";
  const head: RequestHead = Object.assign({}, options as object, origin);
  head.headers = headers;
  head.body = source ? undefined : body;
  return createOutgoing(serializeRequest(head), source, length);
}
