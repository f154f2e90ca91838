import type { Answer } from "./ask.ts";
import { verdict, type Verdict } from "./verdict.ts";

const TEXTS: Record<string, string> = {
  E_TIMEOUT_FIRST_BYTE: "The server takes the request and does not answer it in time.",
  E_TIMEOUT_IDLE: "The server begins to answer, and stops in the middle.",
  E_NO_RESPONSE: "The server closes the connection without an answer.",
  E_TRUNCATED: "The answer ends before it is whole, or with a close that is not authenticated (no close_notify), which could hide a cut.",
  E_STATUS_LINE: "What the server answers does not begin like HTTP.",
  E_TRANSFER_ENCODING: "The server uses a transfer coding other than chunked.",
  E_CHUNK: "The server's chunked body is broken.",
  E_CONTENT_LENGTH: "The server's Content-Length cannot be trusted.",
};

/** What the client ends with when it asks by HTTP/1.0, as it does by default. Undefined: it gets its answer. */
export function judgeAnswer(old: Answer, young: Answer | undefined): Verdict | undefined {
  if (old.code === undefined) return undefined;
  const advice = young && young.code === undefined ? ['By HTTP/1.1 it answers: httpVersion: "1.1" in the request\'s options.'] : [];
  return verdict("fails", old.code, `The connection stands. ${TEXTS[old.code] ?? `The client refuses the answer (${old.code}).`}`, advice);
}

/** The answer in words, for a person. */
export function describeAnswer({ statusCode, framing, bodyBytes, isCutOff, headers, code }: Answer, version: string): string {
  if (statusCode === undefined) return `${version}: no answer (${code})`;
  const size = `${bodyBytes.toLocaleString("en-US")}${isCutOff ? " and more" : ""} bytes`;
  const ways = { length: "with their length", chunked: "in chunks", close: "until the connection ends", none: "no body" };
  const coding = headers["content-encoding"];
  return `${version}: ${statusCode}, ${framing === "none" ? ways.none : `${size}, ${ways[framing!]}`}${coding ? `, compressed (${coding})` : ""}` +
    (code ? `; the client ends with ${code}` : "");
}
