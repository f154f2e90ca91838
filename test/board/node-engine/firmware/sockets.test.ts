import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DGRAM_SCENARIOS } from "./dgram-scenarios.ts";
import { type NodeBoard, startJoinedBoard } from "./node-board.ts";
import { PLAIN_SCENARIOS } from "./plain-scenarios.ts";
import { ESPRUINO_BIN, runOnInterpreter } from "./real-interpreter.ts";
import { loggedIn, printedIn, programFor, type Scenario } from "./scenario.ts";
import { TLS_SCENARIOS } from "./tls-scenarios.ts";

const GROUPS: [name: string, scenarios: Scenario[]][] = [
  ["net", PLAIN_SCENARIOS],
  ["tls", TLS_SCENARIOS],
  ["dgram", DGRAM_SCENARIOS],
];

describe("sockets of the node engine", () => {
  let board: NodeBoard;
  before(async () => {
    board = await startJoinedBoard();
  });
  after(() => board.stop());
  for (const [group, scenarios] of GROUPS) {
    for (const scenario of scenarios) {
      test(`${group}: ${scenario.name}`, () => check(scenario, (program) => board.run(program)));
    }
  }
});

describe("sockets of a real interpreter do the same", () => {
  for (const [group, scenarios] of GROUPS) {
    for (const scenario of scenarios) {
      const skip = ESPRUINO_BIN === undefined ? "ESPRUINO_BIN is not set" : (scenario.notOnLinux ?? false);
      test(`${group}: ${scenario.name}`, { skip }, () => check(scenario, runOnInterpreter));
    }
  }
});

async function check(scenario: Scenario, run: (program: string) => Promise<string[]>): Promise<void> {
  const server = await scenario.start();
  try {
    const lines = await run(programFor(scenario, server.port));
    assert.deepEqual(loggedIn(lines), scenario.expected);
    assert.deepEqual(printedIn(lines), scenario.prints ?? []);
    for (const text of scenario.serverSees ?? []) await server.saw(text);
  } finally {
    await server.close();
  }
}
