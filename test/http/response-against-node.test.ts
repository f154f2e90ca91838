// The framer and node's own HTTP parser (llhttp) read the same bytes: an independent opinion.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { before, test } from "node:test";
import fc from "fast-check";
import { recordPieces } from "./event-recorder.ts";
import type { FramerEvent } from "./event-recorder.ts";
import { BUILD_NAMES, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";
import { withServer } from "./loopback-server.ts";
import { readMessageBody } from "./message-body.ts";
import { validResponse } from "./response-arbitrary.ts";
import type { GeneratedResponse } from "./response-arbitrary.ts";

const SEED = 9110;
const RESPONSES = process.env["TEST_LONG"] ? 5_000 : 300;

before(ensureFramerBuilds);

test(`node's client reads the same from ${RESPONSES} random responses`, async () => {
  const responses = fc.sample(validResponse({ bareLf: false, folds: false }), { seed: SEED, numRuns: RESPONSES });
  for (const response of responses) {
    const expected = await readWithNode(response);
    for (const buildName of BUILD_NAMES) {
      const { method, bytes } = response;
      const events = recordPieces(loadFramer(buildName), { method }, [bytes], "clean close");
      assert.deepEqual(events, expected, `${buildName}: ${JSON.stringify(bytes)}`);
    }
  }
});

function readWithNode(response: GeneratedResponse): Promise<FramerEvent[]> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => { socket.end(response.bytes, "latin1"); });
  });
  return withServer(server, async (port) => {
    const request = httpRequest({ host: "127.0.0.1", port, method: response.method, agent: false });
    request.end();
    const [message] = await once(request, "response") as [IncomingMessage];
    return eventsOf(message, await readMessageBody(message));
  });
}

function eventsOf(message: IncomingMessage, body: string): FramerEvent[] {
  const { httpVersion, statusCode = 0, statusMessage = "" } = message;
  return [
    { type: "head", httpVersion, statusCode, statusMessage, headers: joinedHeaders(message.rawHeaders) },
    ...(body === "" ? [] : [{ type: "body" as const, bytes: body }]),
    { type: "end" },
  ];
}

// message.headers drops repeated values of some names; the raw list has them all.
function joinedHeaders(rawHeaders: string[]): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    values.set(name, [...(values.get(name) ?? []), rawHeaders[i + 1] ?? ""]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, name === "set-cookie" ? all : all.join(", ")]));
}
