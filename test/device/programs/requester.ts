// Makes the requests that a test describes, one at a time or several at once, and reports how each ended.
import { request } from "../../../modules/client";
import type { RequestHandle, Response } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import type { RequestOptions } from "../../../modules/request-options";
import { keepAlive } from "../../../modules/keep-alive";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";

interface Question {
  options: RequestOptions;
  /** Options that are bytes, in Base64: ca, cert, key. */
  base64?: Record<string, string>;
  /** The body comes from a function: so many pieces of so many bytes. */
  pieces?: number;
  pieceBytes?: number;
  streams?: boolean;
  /** Over a kept connection. */
  keeps?: boolean;
  /** Changes the options as soon as request() has returned. */
  spoils?: boolean;
  /** When to abort: milliseconds after the start. */
  abortAfterMs?: number;
  /** Or in a callback of the request: "source", "head", "data", "end". */
  abortIn?: string;
}

interface Job {
  question: Question;
  handle?: RequestHandle;
  startS: number;
  lastDataS: number;
  outcome: any;
}

// Long enough for a second callback, or for whatever a request left behind, to show itself.
const AFTERMATH_MS = 30;

let jobs: Job[] = [];

function sinceMs(startS: number): number {
  return Math.round((getTime() - startS) * 1000);
}

function abortWhen(job: Job, place: string): void {
  if (job.question.abortIn === place) job.handle!.abort();
}

function bodySource(job: Job): () => string | undefined {
  let left = job.question.pieces!;
  return () => {
    abortWhen(job, "source");
    job.lastDataS = getTime();
    left--;
    return left < 0 ? undefined : new Array(job.question.pieceBytes! + 1).join("x");
  };
}

function report(): void {
  const outcomes = jobs.map((job) => job.outcome);
  jobs = [];
  answer(outcomes);
}

function onEnd(this: Job, error: BoardError | undefined, response?: Response): void {
  const outcome = this.outcome;
  outcome.calls++;
  outcome.tookMs = sinceMs(this.startS);
  outcome.startedAtMs = Math.round((this.startS - jobs[0]!.startS) * 1000);
  outcome.endedAtMs = sinceMs(jobs[0]!.startS);
  outcome.quietMs = sinceMs(this.lastDataS);
  outcome.error = error;
  outcome.response = response;
  abortWhen(this, "end");
  if (jobs.filter((job) => job.outcome.calls === 0).length === 0) setTimeout(report, AFTERMATH_MS);
}

function begin(job: Job): void {
  const question = job.question;
  const options: any = question.options;
  for (const name in question.base64 || {}) options[name] = atob(question.base64![name]!);
  if (question.keeps) options.agent = keepAlive;
  job.startS = getTime();
  job.lastDataS = job.startS;
  if (question.pieces !== undefined) options.body = bodySource(job);
  options.onHead = () => {
    job.lastDataS = getTime();
    abortWhen(job, "head");
  };
  if (question.streams) {
    options.onData = (bytes: string) => {
      job.outcome.streamedBytes += bytes.length;
      job.outcome.longestPiece = Math.max(job.outcome.longestPiece, bytes.length);
      job.lastDataS = getTime();
      abortWhen(job, "data");
    };
  }
  job.handle = request(options, onEnd.bind(job));
  job.outcome.callsAtOnce = job.outcome.calls;
  if (question.spoils) {
    options.url = options.body = "spoilt";
    options.headers["X-Own"] = "spoilt";
  }
  if (question.abortAfterMs !== undefined) setTimeout(() => job.handle!.abort(), question.abortAfterMs);
  if (question.abortAfterMs === 0) job.handle.abort();
}

function start(question: Question): void {
  jobs.push({ question, startS: 0, lastDataS: 0, outcome: { calls: 0, streamedBytes: 0, longestPiece: 0 } });
}

offer("ask", (questions: Question[]) => {
  questions.forEach(start);
  jobs.forEach(begin);
});

offer("askInTurn", (question: Question & { times: number }) => {
  const options: any = Object.assign({ agent: keepAlive }, question.options);
  const sum: any = { ok: 0 };
  for (const name in question.base64 || {}) options[name] = atob(question.base64![name]!);
  const next = (): void => {
    request(options, (error, response) => {
      if (error) answer(error);
      else {
        sum.ok++;
        sum.verified = response!.tls!.verified;
        if (sum.ok < question.times) next();
        else answer(sum);
      }
    });
  };
  next();
});

offer("closeKept", () => {
  keepAlive.close();
  setTimeout(answer, AFTERMATH_MS, "closed");
});

offer("setNow", (seconds: number) => {
  setTime(seconds);
  answer("set");
});

offer("look", () => {
  setTimeout(() => answer(boardState()), 0);
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
