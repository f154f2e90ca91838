// Makes requests by a retrier, one or several at once, and reports all that a program sees of them.
import { createBackoff, pauseMs } from "../../../modules/backoff";
import type { RequestHandle, Response } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import { request as requestWithRedirects } from "../../../modules/redirects";
import { createRetrier } from "../../../modules/retry";
import type { Retrier, RetryPolicy, RetryResponse } from "../../../modules/retry";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";
import { hurry } from "./hurry";
import { passTime, setClock } from "./passing-time";

interface Question {
  options: any;
  /** The body comes from a function that gives this text once. */
  source?: string;
  streams?: boolean;
  abortAfterMs?: number;
  abortOnRetry?: boolean;
}

interface Job {
  question: Question;
  handle?: RequestHandle;
  seen: any;
}

// Long enough for a second callback to show itself.
const AFTERMATH_MS = 30;

let retrier: Retrier;
let jobs: Job[] = [];
let retries: any[] = [];

function report(): void {
  answer({ seen: jobs.map((job) => job.seen), retries });
}

function onEnd(this: Job, error: BoardError | undefined, response?: RetryResponse): void {
  this.seen.calls++;
  this.seen.error = error;
  this.seen.response = response;
  if (jobs.filter((job) => job.seen.calls === 0).length === 0) setTimeout(report, AFTERMATH_MS);
}

function abortAll(): void {
  jobs.forEach((job) => job.question.abortOnRetry && job.handle!.abort());
}

function onRetry(attempts: number, ending: BoardError | Response, waitMs: number): void {
  retries.push([attempts, (ending as BoardError).code || (ending as Response).statusCode, waitMs]);
  abortAll();
}

function once(text: string, seen: any): () => string | undefined {
  const pieces = [text];
  return () => {
    seen.taken++;
    return pieces.shift();
  };
}

function begin(job: Job): void {
  const { question, seen } = job;
  const options = question.options;
  if (question.source !== undefined) options.body = once(question.source, seen);
  options.onHead = (head: any) => seen.heads.push(head.statusCode);
  if (question.streams) options.onData = (bytes: string) => { seen.streamed += bytes; };
  job.handle = retrier.request(options, onEnd.bind(job));
  seen.callsAtOnce = seen.calls;
  if (question.abortAfterMs !== undefined) setTimeout(() => job.handle!.abort(), question.abortAfterMs);
}

offer("open", (question: { policy: RetryPolicy; follows?: boolean }) => {
  const policy = question.policy;
  policy.onRetry = onRetry;
  if (question.follows) policy.request = requestWithRedirects;
  try {
    retrier = createRetrier(policy);
    answer("open");
  } catch (error) {
    answer(error);
  }
});

offer("ask", (questions: Question[]) => {
  retries = [];
  jobs = questions.map((question) => ({ question, seen: { calls: 0, heads: [], streamed: "", taken: 0 } }));
  jobs.forEach(begin);
});

offer("status", () => answer(retrier.status()));

/** For each [first, longest, failures] one pause, each from a backoff of its own. */
offer("pauses", (questions: number[][]) => {
  answer(questions.map((question) => pauseMs(createBackoff(question[0]!, question[1]!), question[2]!)));
});

offer("series", (question: { longestMs: number; count: number }) => {
  const backoff = createBackoff(question.longestMs, question.longestMs);
  const pauses: number[] = [];
  for (let made = 0; made < question.count; made++) pauses.push(pauseMs(backoff, 1));
  answer(pauses);
});

offer("passTime", (seconds: number) => {
  passTime(seconds);
  answer(0);
});

offer("setClock", (nowS: number) => {
  setClock(nowS);
  answer(0);
});

offer("hurry", (timesAsFast: number) => {
  hurry(timesAsFast);
  answer(0);
});

offer("look", () => setTimeout(() => answer(boardState()), 0));

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
