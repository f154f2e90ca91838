// Goes online and makes the requests that a test describes, one after the other, so that status() has something to tell.
import { goOnline } from "../../../modules/online";
import { request } from "../../../modules/client";
import { journal, record } from "../../../modules/journal";
import type { RequestOptions } from "../../../modules/request-options";
import { answer, offer } from "./answer";

declare const global: any;

offer("ask", (options: RequestOptions & { caBase64?: string }) => {
  if (options.caBase64) options.ca = atob(options.caBase64);
  request(options, (error, response) => answer(error ? error.code : "" + response!.statusCode));
});

offer("tell", () => answer(global["status"]()));

// How many variables the journal takes when it is full of entries that are as long as they get.
offer("fill", () => {
  while (journal.shift()) continue;
  const before = process.memory().usage;
  for (let n = 0; n < 6; n++) record([n + new Array(300).join("x")]);
  answer({ blocks: process.memory().usage - before, lengths: journal.map((entry) => entry.length), firsts: journal.map((entry) => entry[0]) });
});

goOnline((error) => answer(error ? error.code : "ready"));
