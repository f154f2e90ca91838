import { createHash, randomBytes } from "node:crypto";
import { jsonAnswer, type Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { combinedStatus, type CombinedStatus } from "./combined-status.ts";
import { RateLimit, type RateLimitOptions } from "./rate-limit.ts";
import { checkHost, headerValues, optionalLength, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type ServiceOptions, type StrictServer, type WholeRequest } from "./strict-server.ts";
import { inVariedPieces } from "./varied-pieces.ts";

export const GITHUB_HOST = "api.github.com";

/** The one commit that the stand-in knows, and what it says of it. */
export interface GitHubOptions extends ServiceOptions, Partial<CombinedStatus> {
  /** Branch, tag or commit. */
  ref?: string;
  /** The one token that is right, where one is sent; default: none is looked at. */
  token?: string;
  /** How many answers are given before 403. */
  rateLimit?: RateLimitOptions;
}

export interface GitHub extends StrictServer {
  /** SHA-256 of its certificate, hexadecimal: what a client may pin. */
  pins: string[];
}

/**
 * The commit that the well-known sketch asks for. `stateAt` is "end", where the real document has it at the start: so
 * a reader must really get past the states in the statuses.
 */
export const GITHUB_DEFAULTS = {
  owner: "esp8266",
  repo: "Arduino",
  ref: "master",
  state: "success",
  bytes: 120_000,
  stateAt: "end",
} as const satisfies GitHubOptions;

/** For clients without a token, per hour. */
const HOURLY_REQUESTS = 60;
const DOCUMENTATION = "https://docs.github.com/rest";
const NO_USER_AGENT =
  "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header " +
  "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). " +
  "Check https://developer.github.com for other possible causes.\r\n";

type Known = Required<Pick<GitHubOptions, "ref">> & CombinedStatus & GitHubOptions;

/**
 * Starts a stand-in for api.github.com, where `GET /repos/OWNER/REPO/commits/REF/status` gives a commit's combined
 * status, chunked. 400 without Host, 421 for another; 403 without User-Agent, in text; 401 for a wrong token; 403 with
 * Retry-After over the rate limit; 404 for any other repository, path or method; 422 for an unknown ref.
 */
export async function startGitHub(issued: IssuedCertificate, options: GitHubOptions = {}): Promise<GitHub> {
  const known: Known = { ...GITHUB_DEFAULTS, ...options };
  const limit = new RateLimit(options.rateLimit);
  const server = await startStrictServer({
    name: "github",
    issued,
    checkHead,
    answer: (request) => answer(request, known, limit),
    refuse,
    silent: options.silent,
    log: options.log,
  });
  return Object.assign(server, { pins: [createHash("sha256").update(issued.der).digest("hex")] });
}

function checkHead(head: RequestHead): number {
  checkHost(head, GITHUB_HOST);
  const [agent] = headerValues(head, "user-agent");
  if (!agent) throw new RequestError(403, NO_USER_AGENT, "text");
  return optionalLength(head);
}

function answer({ head }: WholeRequest, known: Known, limit: RateLimit): Answer {
  checkToken(head, known.token);
  checkRate(limit);
  checkTarget(head, known);
  const body = inVariedPieces(combinedStatus(known));
  return { status: 200, headers: { ...usualHeaders(), ETag: `W/"${randomBytes(32).toString("hex")}"` }, body };
}

function checkToken(head: RequestHead, token: string | undefined): void {
  const [authorization] = headerValues(head, "authorization");
  if (token === undefined || authorization === undefined) return;
  const [, sent] = /^(?:bearer|token) +(.*)$/i.exec(authorization) ?? [];
  if (sent !== token) throw new RequestError(401, "Bad credentials");
}

function checkRate(limit: RateLimit): void {
  const waitS = limit.take();
  if (waitS === 0) return;
  const message =
    "API rate limit exceeded for 203.0.113.7. (But here's the good news: Authenticated requests get a higher rate " +
    "limit. Check out the documentation for more details.)";
  throw new RequestError(403, message, "", { ...rateHeaders(0, waitS), "Retry-After": String(waitS) });
}

function checkTarget(head: RequestHead, { owner, repo, ref }: Known): void {
  const [, sentOwner, sentRepo, sentRef] = /^\/repos\/([^/]+)\/([^/]+)\/commits\/(.+)\/status$/.exec(head.target.split("?")[0]!) ?? [];
  const isKnown = `${sentOwner}/${sentRepo}`.toLowerCase() === `${owner}/${repo}`.toLowerCase();
  if (!isKnown || (head.method !== "GET" && head.method !== "HEAD")) throw new RequestError(404, "Not Found");
  if (sentRef !== encodeURI(ref)) throw new RequestError(422, `No commit found for SHA: ${sentRef}`);
}

function refuse(error: RequestError): Answer {
  if (error.code === "text") {
    return { status: error.status, headers: { "Content-Type": "text/html" }, body: Buffer.from(error.message) };
  }
  const body = { message: error.message, documentation_url: DOCUMENTATION, status: String(error.status) };
  return jsonAnswer(error.status, body, { ...usualHeaders(), ...error.headers });
}

function usualHeaders(): Record<string, string> {
  return {
    Server: "github.com",
    Date: new Date().toUTCString(),
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "public, max-age=60, s-maxage=60",
    Vary: "Accept,Accept-Encoding, Accept, X-Requested-With",
    "X-GitHub-Media-Type": "github.v3; format=json",
    "Access-Control-Allow-Origin": "*",
    "Strict-Transport-Security": "max-age=31536000; includeSubdomains; preload",
    "X-Content-Type-Options": "nosniff",
    ...rateHeaders(HOURLY_REQUESTS - 1, 3_600),
    "X-GitHub-Request-Id": randomBytes(12).toString("hex").toUpperCase(),
  };
}

function rateHeaders(remaining: number, resetAfterS: number): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(HOURLY_REQUESTS),
    "X-RateLimit-Remaining": String(remaining),
    "X-RateLimit-Reset": String(Math.floor(Date.now() / 1_000) + resetAfterS),
    "X-RateLimit-Resource": "core",
    "X-RateLimit-Used": String(HOURLY_REQUESTS - remaining),
  };
}
