// Exceptions of a program around its requests: they are printed, or reach the program's own listener, as without any request.
import { request } from "../../../modules/client";
import type { Response } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";

const caught: string[] = [];

function listen(error: any): void {
  caught.push("" + error.message);
}

// The firmware forgets what was thrown once a try block runs later in the same pass of its idle loop (2v29), and timers of one pass run
// before its events: what an event throws is safe from the timers of the request.
const thrower: any = {};
thrower.on("throw", (text: string) => {
  throw new Error(text);
});

function listenerCount(): number {
  const listeners = process["#onuncaughtException"];
  return listeners ? listeners.length : 0;
}

// The request listens as long as its handshake runs.
function throwInHandshake(countBefore: number): void {
  if (listenerCount() > countBefore) thrower.emit("throw", "thrown during");
  else setTimeout(throwInHandshake, 0, countBefore);
}

function throwAfter(): void {
  thrower.emit("throw", "thrown after");
}

// Asks, and throws one exception while the handshake runs and one when the request is long over.
offer("throwAround", (question: { url: string; listens?: boolean }) => {
  if (question.listens) process.on("uncaughtException", listen);
  throwInHandshake(listenerCount());
  request({ url: question.url, verify: "none" }, (error: BoardError | undefined, response?: Response) => {
    setTimeout(throwAfter, 20);
    setTimeout(() => answer({ end: response ? response.statusCode : error!.code, caught }), 60);
  });
});

// The first callback throws; the second request was waiting for its turn.
offer("throwInCallback", (question: { url: string }) => {
  request({ url: question.url, verify: "none" }, () => {
    throw new Error("thrown in the callback");
  });
  request({ url: question.url, verify: "none" }, (error: BoardError | undefined, response?: Response) => {
    answer(response ? response.statusCode : error!.code);
  });
});

offer("throwInData", (question: { url: string }) => {
  let pieces = 0;
  request({
    url: question.url,
    verify: "none",
    onData: () => {
      pieces++;
      throw new Error("thrown in onData");
    },
  }, (error: BoardError | undefined, response?: Response) => {
    answer({ pieces, isError: !!error, isWhole: !!response && response.bodyBytes === +response.headers["content-length"]! });
  });
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
