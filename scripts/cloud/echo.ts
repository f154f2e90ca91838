import { jsonAnswer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { hasBody, optionalLength, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type StrictServer } from "./strict-server.ts";

export const ECHO_HOST = "echo.example.com";

/** What `/echo` answers with: the request as it came over the wire. */
export interface EchoReport {
  /** Hexadecimal bytes of the head, up to and including the empty line. */
  headHex: string;
  bodyHex: string;
  /** Value of Content-Length; null without one. */
  contentLength: number | null;
  /** SNI; null without. */
  serverName: string | null;
}

/** Twice this much must fit into memory as hexadecimal digits, here and in a test; a board's own limit is lower. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** An interpreter that sends a long body in small pieces takes its time. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * Starts a server whose `/echo` answers any method with the exact bytes it was sent, as {@link EchoReport}.
 *
 * @param issued server certificate; undefined: plain HTTP
 */
export function startEcho(
  issued: IssuedCertificate | undefined,
  options: { log?: (line: string) => void } = {},
): Promise<StrictServer> {
  return startStrictServer({
    name: issued ? "echo" : "echo (plain)",
    issued,
    checkHead,
    answer: ({ head, body, serverName }) => jsonAnswer(200, report(head, body, serverName)),
    bodyTimeoutMs: BODY_TIMEOUT_MS,
    log: options.log,
  });
}

function checkHead(head: RequestHead): number {
  if (head.target !== "/echo") throw new RequestError(404, "Nothing is here but /echo", "not_found");
  const length = optionalLength(head);
  if (length > BODY_LIMIT_BYTES) throw new RequestError(413, `Body is longer than ${BODY_LIMIT_BYTES} bytes`);
  return length;
}

function report(head: RequestHead, body: Buffer, serverName: string | undefined): EchoReport {
  return {
    headHex: head.bytes.toString("hex"),
    bodyHex: body.toString("hex"),
    contentLength: hasBody(head) ? optionalLength(head) : null,
    serverName: serverName ?? null,
  };
}
