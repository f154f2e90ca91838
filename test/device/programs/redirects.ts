// Makes a request that may be redirected, and reports all that a program sees of it.
import type { RequestHandle } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import { request } from "../../../modules/redirects";
import type { RedirectOptions, RedirectResponse } from "../../../modules/redirects";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";

interface Question {
  options: RedirectOptions;
  /** Options that are bytes, in Base64: ca, cert, key. */
  base64?: Record<string, string>;
  /** The body comes from a function that gives this text once. */
  source?: string;
  streams?: boolean;
  abortAfterMs?: number;
}

// Long enough for a second callback to show itself.
const AFTERMATH_MS = 10;

const seen: any = {};

function report(): void {
  answer(seen);
}

function onEnd(error: BoardError | undefined, response?: RedirectResponse): void {
  seen.calls++;
  seen.error = error;
  seen.response = response;
  seen.tookMs = Math.round((getTime() - seen.startS) * 1000);
  if (seen.calls === 1) setTimeout(report, AFTERMATH_MS);
}

function once(text: string): () => string | undefined {
  const pieces = [text];
  return () => pieces.shift();
}

offer("ask", (question: Question) => {
  const options: any = question.options;
  for (const name in question.base64 || {}) options[name] = atob(question.base64![name]!);
  Object.assign(seen, { calls: 0, heads: [], streamed: "", error: undefined, response: undefined, startS: getTime() });
  if (question.source !== undefined) options.body = once(question.source);
  options.onHead = (head: any) => seen.heads.push(head.statusCode);
  if (question.streams) options.onData = (bytes: string) => { seen.streamed += bytes; };
  const handle: RequestHandle = request(options, onEnd);
  seen.callsAtOnce = seen.calls;
  if (question.abortAfterMs !== undefined) setTimeout(() => handle.abort(), question.abortAfterMs);
});

offer("setNow", (seconds: number) => {
  setTime(seconds);
  answer("set");
});

offer("look", () => {
  setTimeout(() => answer(boardState()), 0);
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
