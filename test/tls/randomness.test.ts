// Where the randomness of a connection comes from, and that there is no connection without.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { buildGuard, errorOf, GuardBoard } from "./guard-on-memory.ts";
import { knownHeap } from "./known-offsets.ts";
import { randomFrom } from "./random-corruption.ts";

const { heap, at } = knownHeap("2.16.12");
/** By board: technical reference manuals, "Random Number Generator". */
const REGISTERS = { ESP32: 0x3ff75144, ESP32S3: 0x6003507c, ESP32C3: 0x600260b0 };
const SEED_FILE = "tls-seed";
const SEED = "a seed that was put there by hand";

let built: Awaited<ReturnType<typeof buildGuard>>;

before(async () => {
  built = await buildGuard();
});


/** A board with a TLS state; the settings name its RAM, so that any name of a board will do. */
async function boardNamed(boardName: string): Promise<GuardBoard> {
  const board = await GuardBoard.load(built.bundle.counted);
  board.boardName = boardName;
  board.memory = new BoardMemory(heap);
  return board;
}

/** The generator's keys after hardening a connection. */
function hardenedKeys(board: GuardBoard): string {
  board.memory = new BoardMemory(heap);
  const guard = board.plan();
  board.guard.harden(guard, board.socket);
  return Buffer.from(board.memory.state.subarray(at.keys[0], at.keys[1])).toString("hex");
}

function planError(board: GuardBoard): string | undefined {
  return errorOf(() => board.plan())?.code;
}

function noise(seed: number): () => number {
  const random = randomFrom(seed);
  return () => Math.floor(random() * 2 ** 32);
}

for (const [name, address] of Object.entries(REGISTERS)) {
  test(`${name}: the chip's register is what counts`, async () => {
    const board = await boardNamed(name);
    board.randomness = undefined;
    board.register = { address, read: noise(1) };
    const first = hardenedKeys(board);
    board.register.read = noise(2);
    assert.notEqual(hardenedKeys(board), first);
  });

  test(`${name}: a register that stands still, or goes back and forth, is refused`, async () => {
    const board = await boardNamed(name);
    let reads = 0;
    for (const read of [() => 0, () => 0xffffffff, () => 0x12345678, () => reads++ % 2]) {
      board.register = { address, read };
      assert.equal(planError(board), "E_RANDOM");
    }
  });

  test(`${name}: a register that stops after a while is refused`, async () => {
    const board = await boardNamed(name);
    const random = noise(3);
    let reads = 0;
    board.register = { address, read: () => reads++ < 40 ? random() : 7 };
    assert.equal(planError(board), "E_RANDOM");
  });
}

test("Linux: /dev/urandom, and nothing without it", async () => {
  const board = await boardNamed("LINUX");
  board.randomness = Buffer.alloc(256, "one");
  const first = hardenedKeys(board);
  board.randomness = Buffer.alloc(256, "another");
  assert.notEqual(hardenedKeys(board), first);
  for (const nothing of [undefined, Buffer.alloc(0), Buffer.alloc(64, "too short")]) {
    board.randomness = nothing;
    assert.equal(planError(board), "E_RANDOM");
  }
});

test("another board: a seed in Storage, never used twice", async () => {
  const board = await boardNamed("PICO_R1_3");
  assert.equal(planError(board), "E_RANDOM");
  board.storage.set(SEED_FILE, SEED);
  const keys = [hardenedKeys(board), hardenedKeys(board), hardenedKeys(board)];
  assert.equal(new Set(keys).size, keys.length);
  assert.notEqual(board.storage.get(SEED_FILE), SEED);
});

test("another board: a seed that cannot be replaced is not used", async () => {
  const board = await boardNamed("PICO_R1_3");
  board.storage.set(SEED_FILE, SEED);
  board.storageIsFull = true;
  assert.equal(planError(board), "E_RANDOM");
});

test("another board: a short seed is not used", async () => {
  const board = await boardNamed("PICO_R1_3");
  board.storage.set(SEED_FILE, "short");
  assert.equal(planError(board), "E_RANDOM");
});
