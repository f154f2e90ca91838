// What serializeRequest writes, read by node's own HTTP server.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Server } from "node:net";
import { before, test } from "node:test";
import fc from "fast-check";
import { BUILD_NAMES, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import type { Framer } from "./framer-builds.ts";
import { withServer } from "./loopback-server.ts";
import { readMessageBody } from "./message-body.ts";

const SEED = 9110;
const REQUESTS = 30;

interface RequestOptions {
  method: string;
  path: string;
  httpVersion: string;
  headers: Record<string, string>;
  body: string | undefined;
}

// Text is sent as UTF-8 when it has a character above 0xFF: the euro sign makes sure of that. Characters from 0x80 to
// 0xFF are left out, because some runs of them are refused beside it (E_TEXT_MIXED).
const text = fc.string({ unit: "grapheme", maxLength: 40 })
  .map((string) => `${string.replace(/[\x80-\xff]/g, "")}\u20ac`);
const headerName = fc.stringMatching(/^X-[A-Za-z0-9]{1,8}$/);
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const requestOptions: fc.Arbitrary<RequestOptions> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
  path: fc.webPath().map((path) => (path.startsWith("/") ? path : `/${path}`)),
  httpVersion: fc.constantFrom("1.0", "1.1"),
  headers: fc.dictionary(headerName, headerValue, { maxKeys: 4 }),
  body: fc.option(text, { nil: undefined }),
});

before(ensureFramerBuilds);

for (const buildName of BUILD_NAMES) {
  test(`node's server reads what ${buildName} was given, ${REQUESTS} times`, async () => {
    const requests = fc.sample(requestOptions, { seed: SEED, numRuns: REQUESTS });
    for (const options of requests) await checkRequest(loadFramer(buildName), options);
  });
}

async function checkRequest(framer: Framer, options: RequestOptions): Promise<void> {
  const { body, ...rest } = options;
  const server = createServer();
  await withServer(server, async (port) => {
    const target = { host: "127.0.0.1", port };
    const bytes = framer.serializeRequest({ ...target, ...rest, ...(body === undefined ? {} : { body }) });
    const { message, received } = await receiveOne(server, port, bytes);
    assert.equal(message.method, options.method);
    assert.equal(message.url, options.path);
    assert.equal(message.httpVersion, options.httpVersion);
    assert.deepEqual({ ...message.headersDistinct }, expectedHeaders(options, port));
    assert.equal(received, Buffer.from(body ?? "").toString("latin1"));
  });
}

interface Received {
  message: IncomingMessage;
  received: string;
}

/** Sends `bytes` to the server, and gives what it read from them. Fails when the server takes them for no request. */
async function receiveOne(server: Server, port: number, bytes: string): Promise<Received> {
  server.on("clientError", (error) => { server.emit("error", error); });
  const socket = connect(port, "127.0.0.1");
  socket.resume().write(bytes, "latin1");
  try {
    const [message, response] = await once(server, "request") as [IncomingMessage, ServerResponse];
    const received = await readMessageBody(message);
    response.end();
    return { message, received };
  } finally {
    socket.destroy();
  }
}

function expectedHeaders({ method, headers, body }: RequestOptions, port: number): Record<string, string[]> {
  const hasLength = body !== undefined || ["POST", "PUT", "PATCH"].includes(method);
  const expected: Record<string, string[]> = { host: [`127.0.0.1:${port}`], connection: ["close"] };
  if (hasLength) expected["content-length"] = [String(Buffer.byteLength(body ?? ""))];
  for (const [name, value] of Object.entries(headers)) {
    expected[name.toLowerCase()] = [...(expected[name.toLowerCase()] ?? []), value];
  }
  return expected;
}
