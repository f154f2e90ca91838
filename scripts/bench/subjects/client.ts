// This project's client, with the server verified over TLS: written as a program for a board is, without a function that is made for each
// request.
import { request } from "../../../modules/client";
import type { Response } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import type { RequestOptions } from "../../../modules/request-options";

declare const global: Record<string, any>;

// In valgrind the interpreter is fifty times slower, and slower still on a busy computer.
const SLOW_MS = 1200000;
const SLOW = { dnsMs: SLOW_MS, connectMs: SLOW_MS, handshakeMs: SLOW_MS, firstByteMs: SLOW_MS, idleMs: 60000, totalMs: SLOW_MS };

function ca(): string {
  return require("Storage").read("ca.der")!;
}

function onEnd(error: BoardError | undefined, response?: Response): void {
  global["done"](error && error.code + " in " + error.phase + ": " + error.message, response ? response.body : "");
}

function run(done: (error: string | undefined, text: string) => void): void {
  const job = global["job"];
  const options: RequestOptions = { host: "bench.example", port: job.port, protocol: job.secure ? "https:" : "http:", path: job.path, settings: job.settings };
  global["done"] = done;
  if (job.post) {
    options.method = job.method;
    options.headers = { "Content-Type": "application/json" };
    options.body = job.post;
  }
  if (job.secure && job.verify) options.ca = ca;
  else options.verify = "none";
  if (job.isSlow) options.deadlines = SLOW;
  if (job.streams) options.onData = global["take"];
  request(options, onEnd);
}

global["run"] = run;
