// This project's client, with the server verified over TLS.
import { request } from "../../../modules/client";
import type { RequestOptions } from "../../../modules/request-options";

declare const global: Record<string, any>;

// In valgrind the interpreter is fifty times slower, and slower still on a busy computer.
const SLOW_MS = 1200000;
const SLOW = { dnsMs: SLOW_MS, connectMs: SLOW_MS, handshakeMs: SLOW_MS, firstByteMs: SLOW_MS, idleMs: 60000, totalMs: SLOW_MS };

function run(done: (error: string | undefined, text: string) => void): void {
  const job = global["job"];
  const options: RequestOptions = { deadlines: SLOW, host: "bench.example", port: job.port, protocol: job.secure ? "https:" : "http:", path: job.path, settings: job.settings };
  if (job.post) {
    options.method = job.method;
    options.headers = { "Content-Type": "application/json" };
    options.body = job.post;
  }
  if (job.secure && job.verify) options.ca = () => require("Storage").read("ca.der")!;
  else options.verify = "none";
  if (job.streams) options.onData = global["take"];
  request(options, (error, response) => done(error && error.code + " in " + error.phase + ": " + error.message, response ? response.body : ""));
}

global["run"] = run;
