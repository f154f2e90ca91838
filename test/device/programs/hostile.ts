// Makes one request after the other, and keeps nothing of them but how the last one ended.
import type { BoardError } from "../../../modules/errors";
import { request } from "../../../modules/redirects";
import type { RedirectOptions, RedirectResponse } from "../../../modules/redirects";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";

interface Question {
  options: RedirectOptions;
  /** Options that are bytes, by names of what was kept before: ca, cert, key. */
  der?: Record<string, string>;
  streams?: boolean;
  /** The body comes from a function: so many pieces of 1,000 bytes. */
  pieces?: number;
}

// Long enough for a second callback to show itself.
const AFTERMATH_MS = 10;

const PIECE = new Array(1001).join("x");

const kept: Record<string, string> = {};
const seen: any = {};

function report(): void {
  answer(seen);
}

function onEnd(error: BoardError | undefined, response?: RedirectResponse): void {
  seen.calls++;
  seen.tookMs = Math.round((getTime() - seen.startS) * 1000);
  seen.end = error ? error.code + " in " + error.phase : "" + response!.statusCode;
  seen.message = error ? error.message : response!.body.substr(0, 100);
  if (seen.calls === 1) setTimeout(report, AFTERMATH_MS);
}

function nextPiece(): string | undefined {
  seen.piecesLeft--;
  return seen.piecesLeft < 0 ? undefined : PIECE;
}

function count(bytes: string): void {
  seen.streamedBytes += bytes.length;
}

offer("ask", (question: Question) => {
  const options: any = question.options;
  for (const name in question.der || {}) options[name] = kept[question.der![name]!];
  Object.assign(seen, { calls: 0, streamedBytes: 0, piecesLeft: question.pieces || 0, startS: getTime() });
  if (question.pieces) options.body = nextPiece;
  if (question.streams) options.onData = count;
  request(options, onEnd);
  seen.callsAtOnce = seen.calls;
});

offer("keep", (der: Record<string, string>) => {
  for (const name in der) kept[name] = atob(der[name]!);
  answer("kept");
});

offer("setNow", (seconds: number) => {
  setTime(seconds);
  answer("set");
});

offer("look", () => {
  setTimeout(() => answer(boardState()), 0);
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
