import { randomBytes } from "node:crypto";
import { z } from "zod";
import { jsonAnswer, type Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { RateLimit, type RateLimitOptions } from "./rate-limit.ts";
import { checkHost, contentLength, headerValues, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type ServiceOptions, type StrictServer } from "./strict-server.ts";

/** The host name that the token service's certificate is for, and the only one it answers to. */
export const OAUTH_HOST = "login.example.com";
export const OAUTH_PATH = "/oauth/token";

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  /** The one API that tokens are given for. */
  audience: string;
}

export interface OAuthTokenOptions extends ServiceOptions {
  /** Take every client secret for wrong. */
  rejectCredentials?: boolean;
  /** Answer whatever server name is asked for, or none: for firmware that cannot send the right one. Default false. */
  anyServerName?: boolean;
  /** How many tokens are given before the answer is 429. */
  rateLimit?: RateLimitOptions;
  headTimeoutMs?: number;
  /** How long a body may stay incomplete before the answer is 408. */
  bodyTimeoutMs?: number;
}

const BODY_LIMIT_BYTES = 4_096;
const TOKEN_BYTES = 32;
/** A day, as Auth0 gives. */
const TOKEN_LIFETIME_S = 86_400;

const tokenRequest = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  audience: z.string(),
  grant_type: z.string(),
});

/**
 * Starts an OAuth 2.0 token endpoint for client credentials (RFC 6749 4.4) with a JSON body, as Auth0 has it, and
 * stricter about HTTP than most. Each fault has its own status code:
 * 404 other path; 405 other method; 400 missing, doubled or 421 foreign Host; 415 other Content-Type; 411 missing,
 * 400 bad or wrong, 413 too large Content-Length; 408 body that never comes; 400 body that is not the JSON expected
 * (`unsupported_grant_type` for another grant); 401 wrong credentials; 403 unknown audience; 429 too many. Before all
 * that, a wrong server name (SNI) or none gets a TLS alert and no certificate, as at a CDN.
 */
export function startOAuthToken(
  issued: IssuedCertificate,
  credentials: ClientCredentials,
  options: OAuthTokenOptions = {},
): Promise<StrictServer> {
  const { anyServerName, rejectCredentials, rateLimit, ...others } = options;
  const limit = new RateLimit(rateLimit);
  return startStrictServer({
    ...others,
    name: "oauth",
    issued,
    onlyServerName: anyServerName ? undefined : OAUTH_HOST,
    checkHead,
    answer: ({ body }) => {
      checkRequest(parseBody(body), credentials, rejectCredentials ?? false);
      checkRate(limit);
      return newToken();
    },
  });
}

function checkHead(head: RequestHead): number {
  checkHost(head, OAUTH_HOST);
  if (head.target.split("?")[0] !== OAUTH_PATH) throw new RequestError(404, "Nothing is here", "not_found");
  if (head.method !== "POST") {
    throw new RequestError(405, `${head.method} is not allowed`, "invalid_request", { Allow: "POST" });
  }
  checkContentType(head);
  const length = contentLength(head);
  if (length > BODY_LIMIT_BYTES) throw new RequestError(413, `Body is longer than ${BODY_LIMIT_BYTES} bytes`);
  return length;
}

function checkContentType(head: RequestHead): void {
  const [type] = headerValues(head, "content-type");
  if (!/^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(type ?? "")) {
    const sent = type === undefined ? "missing" : JSON.stringify(type);
    throw new RequestError(415, `Content-Type is ${sent}, not application/json`);
  }
}

function checkRequest(
  request: z.infer<typeof tokenRequest>,
  credentials: ClientCredentials,
  rejectCredentials: boolean,
): void {
  if (request.grant_type !== "client_credentials") {
    const message = `Grant type ${JSON.stringify(request.grant_type)} is not supported`;
    throw new RequestError(400, message, "unsupported_grant_type");
  }
  const known = request.client_id === credentials.clientId && request.client_secret === credentials.clientSecret;
  if (!known || rejectCredentials) {
    const challenge = { "WWW-Authenticate": `Basic realm="${OAUTH_HOST}"` };
    throw new RequestError(401, "Client id or secret is wrong", "invalid_client", challenge);
  }
  if (request.audience !== credentials.audience) {
    throw new RequestError(403, `Service not found: ${request.audience}`, "access_denied");
  }
}

function checkRate(limit: RateLimit): void {
  const waitS = limit.take();
  if (waitS === 0) return;
  throw new RequestError(429, "Global limit has been reached", "too_many_requests", { "Retry-After": String(waitS) });
}

function newToken(): Answer {
  const token = {
    access_token: randomBytes(TOKEN_BYTES).toString("base64url"),
    token_type: "Bearer",
    expires_in: TOKEN_LIFETIME_S,
  };
  return jsonAnswer(200, token, { "Cache-Control": "no-store", Pragma: "no-cache" });
}

function parseBody(body: Buffer): z.infer<typeof tokenRequest> {
  const parsed = tokenRequest.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequestError(400, `Body is not as expected: ${issue?.path.join(".") || "all"}: ${issue?.message}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    // The parser's own message would quote the body, and with it the secret.
    throw new RequestError(400, `Body of ${body.length} bytes is not JSON in UTF-8`);
  }
}
