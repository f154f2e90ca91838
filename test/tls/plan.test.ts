// What is refused before a connection is opened, and with nothing written to memory.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { buildGuard, errorOf, GuardBoard, type Demands } from "./guard-on-memory.ts";
import { knownHeaps } from "./known-offsets.ts";

const PIN = "ab".repeat(32);
/** Bytes free: too few for any connection, enough for one without a key of its own, enough for each. */
const HEAP = { tooFew: 32_999, some: 33_000, enough: 41_000 };

let built: Awaited<ReturnType<typeof buildGuard>>;
let board: GuardBoard;

before(async () => {
  built = await buildGuard();
});

async function freshBoard(): Promise<void> {
  board = await GuardBoard.load(built.bundle.counted);
  board.memory = new BoardMemory(knownHeaps()[0]!.heap);
}

const planned = (demands: Partial<Demands> = {}): { code: string; message: string } | undefined => errorOf(() => board.plan("host.example", demands));

const REFUSED: [what: string, demands: Partial<Demands>, code: string, message: RegExp][] = [
  ["a version that is none", { minTls: "1.4" }, "E_OPTION", /^minTls: "1\.4"/],
  ["neither CA nor pin", { ca: undefined }, "E_OPTION", /^ca or pins/],
  ["a verification of another kind", { verify: "maybe" }, "E_OPTION", /^verify: "maybe"/],
  ["a pin that is too short", { pins: ["abcd"] }, "E_OPTION", /^pin: "abcd"/],
  ["a pin in Base64 of another algorithm", { pins: [`sha1/${"A".repeat(43)}=`] }, "E_OPTION", /^pin: /],
  ["a pin in Base64 with a wrong letter", { pins: [`sha256/${"!".repeat(43)}=`] }, "E_OPTION", /^pin: /],
];

for (const [what, demands, code, message] of REFUSED) {
  test(`${what}: ${code}`, async () => {
    await freshBoard();
    const error = planned(demands);
    assert.equal(error?.code, code);
    assert.match(error.message, message);
    assert.deepEqual(board.memory.writes, []);
  });
}

test("pins alone are enough", async () => {
  await freshBoard();
  assert.equal(planned({ ca: undefined, pins: [PIN] }), undefined);
});

test("a clock that was never set: E_CLOCK_UNSET", async () => {
  await freshBoard();
  board.timeS = 0;
  assert.equal(planned()?.code, "E_CLOCK_UNSET");
});

test("too little heap: E_HEAP with what is free, and more is needed with a key of its own", async () => {
  await freshBoard();
  board.freeHeap = HEAP.tooFew;
  assert.deepEqual([planned()?.code, planned()?.message], ["E_HEAP", `${HEAP.tooFew} bytes free`]);
  board.freeHeap = HEAP.some;
  assert.equal(planned(), undefined);
  assert.equal(planned({ key: "DER" })?.code, "E_HEAP");
  board.freeHeap = HEAP.enough;
  assert.equal(planned({ key: "DER" }), undefined);
});

test("a socket without TLS state: E_TLS_LAYOUT", async () => {
  await freshBoard();
  const guard = board.plan("host.example");
  const error = errorOf(() => board.guard.harden(guard, { sckt: 12 }));
  assert.deepEqual([error?.code, error?.message, board.memory.writes], ["E_TLS_LAYOUT", "ssl", []]);
});

test("a board whose RAM nobody knows: E_TLS_LAYOUT", async () => {
  await freshBoard();
  board.boardName = "UNKNOWN";
  const error = errorOf(() => board.guard.plan({ ca: "DER", settings: {} }, "host.example"));
  assert.deepEqual([error?.code, error?.message], ["E_TLS_LAYOUT", "board UNKNOWN"]);
});

test("a server that need not be verified has no guard", async () => {
  await freshBoard();
  assert.equal(board.plan("host.example", { verify: "none", pins: [PIN] }), undefined);
});
