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

function throwSoon(text: string, afterMs: number): void {
  setTimeout(() => {
    throw new Error(text);
  }, afterMs);
}

// Asks, and throws one exception while the handshake runs and one when the request is long over.
offer("throwAround", (question: { url: string; listens?: boolean }) => {
  if (question.listens) process.on("uncaughtException", listen);
  throwSoon("thrown during", 1);
  request({ url: question.url, verify: "none" }, (error: BoardError | undefined, response?: Response) => {
    throwSoon("thrown after", 20);
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
