// Verification on the virtual board: the module as it is bundled, on the memory of each layout of the firmware's TLS state.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TLS_LAYOUT_NAMES } from "../../scripts/board/node-engine/memory/layouts/layout.ts";
import { buildPrograms, DeviceBoard } from "../device/board-run.ts";
import { createCertificates, type Certificates } from "./certificates.ts";
import type { JobOutcome } from "./real-interpreter.ts";
import { ADDRESS, LONG_HOST, SCENARIOS, SHORT_HOST, type Scenario } from "./scenarios.ts";
import { startTappedServer, type Visit } from "./tapped-server.ts";

const TARGET = { engine: "node", form: "minified", skip: false } as const;
const PORT = 443;

interface Outcome {
  error?: JobOutcome["error"];
  response?: { statusCode: number; body: string; tls: NonNullable<JobOutcome["tls"]> };
}

let programs: Awaited<ReturnType<typeof buildPrograms>>;
let certificates: Certificates;

before(async () => {
  [programs, certificates] = [await buildPrograms("requester"), await createCertificates([SHORT_HOST, LONG_HOST], ADDRESS)];
});


for (const tlsLayout of TLS_LAYOUT_NAMES) {
  describe(`the TLS state of ${tlsLayout}`, () => {
    let board: DeviceBoard;

    before(async () => {
      board = await DeviceBoard.start(TARGET, { tlsLayout });
      await board.load(programs.bundles["requester"]!, TARGET.form);
      await board.call("setNow", Date.now() / 1_000);
    });

    after(() => board.stop());

    for (const scenario of SCENARIOS) {
      test(scenario.name, async () => {
        const { outcome, visits } = await play(board, scenario);
        if ("code" in scenario.ends) assertRefused(outcome, visits, scenario.ends.code);
        else assertVerified(outcome, visits, scenario, scenario.ends.verified);
        assert.deepEqual(board.heapFaults(), []);
      });
    }
  });
}

async function play(board: DeviceBoard, { host, server: options, job }: Scenario): Promise<{ outcome: Outcome; visits: Visit[] }> {
  const server = await startTappedServer(options(certificates));
  const { ca, cert, key, options: more } = job(certificates);
  try {
    const [outcome] = await board.call("ask", [{
      options: { host, port: PORT, settings: { connectTo: { [`${host}:${PORT}`]: server.address } }, ...more },
      base64: inBase64({ ca, cert, key }),
    }]) as [Outcome];
    return { outcome, visits: server.visits() };
  } finally {
    await server.stop();
  }
}

function inBase64(names: Record<string, string | undefined>): Record<string, string> {
  const given = Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([option, name]) => [option, certificates.der[name]!.toString("base64")]));
}

function assertVerified({ error, response }: Outcome, visits: Visit[], { host }: Scenario, verified: string): void {
  assert.equal(error, undefined);
  const sni = host === ADDRESS ? "" : host;
  assert.deepEqual([response?.body, response?.tls.verified, response?.tls.sni], ["ok", verified, sni]);
  assert.deepEqual(visits.map(({ hello }) => hello?.serverName ?? ""), [sni]);
}

function assertRefused({ error }: Outcome, visits: Visit[], codes: string[]): void {
  assert.ok(error && codes.includes(error.code), JSON.stringify(error));
  assert.equal(error.phase, "handshake");
  assert.ok(visits.length > 0);
  assert.equal(visits.reduce((sum, { applicationBytes }) => sum + applicationBytes, 0), 0, "bytes of the request that left the board");
}
