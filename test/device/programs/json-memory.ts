// Does the job of src/github-status with the same modules, and watches the memory: before and after each piece, in every callback, and inside
// the reader, where it has most in hand.
import { request } from "../../../modules/client";
import { createJsonReader } from "../../../modules/json-reader";
import type { RequestOptions } from "../../../modules/request-options";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";

interface Question {
  options: RequestOptions;
  /** In Base64. */
  ca: string;
}

// A test waits for a sign of life no longer than for this much.
const PROGRESS_BYTES = 100000;

let peakBlocks = 0;
let samples = 0;
let bytesSeen = 0;

// Without a collection of garbage, which would hide what is garbage only.
function sample(): void {
  const { usage } = (process as any).memory(false);
  samples++;
  if (usage > peakBlocks) peakBlocks = usage;
}

const parse = JSON.parse;
(JSON as any).parse = (text: string) => {
  const value = parse(text);
  sample();
  return value;
};

offer("read", (question: Question) => {
  const found: any = {};
  const options = question.options;
  const reader = createJsonReader({
    paths: ["state"],
    onValue: (_path, value) => {
      sample();
      found.state = value;
    },
    onEnd: () => { found.isWhole = true; },
    onError: (error) => { found.problem = error; },
  });
  options.ca = atob(question.ca);
  options.onHead = sample;
  options.onData = (bytes) => {
    sample();
    reader.push(bytes);
    sample();
    bytesSeen += bytes.length;
    if (bytesSeen % PROGRESS_BYTES < bytes.length) console.log("progress " + bytesSeen);
  };
  peakBlocks = process.memory().usage;
  samples = 0;
  bytesSeen = 0;
  answer("started");
  request(options, (error, response) => {
    sample();
    reader.close();
    answer({ error, found, samples, peakBlocks, bytes: response && response.bodyBytes, verified: response && response.tls && response.tls.verified });
  });
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error) => answer(error || "ready"));
