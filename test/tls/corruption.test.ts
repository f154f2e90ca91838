import assert from "node:assert/strict";
import { before, test } from "node:test";
import { runInNewContext } from "node:vm";
import { BoardMemory } from "./board-memory.ts";
import { alwaysChecked, checkedForAddresses, checkedForLongNames } from "./checked-words.ts";
import { GENERATIONS, readFirmwareHeap, type FirmwareHeap } from "./firmware-fixture.ts";
import { buildGuard, errorOf, GuardBoard, type Layout } from "./guard-on-memory.ts";
import { knownHeaps, type KnownHeap } from "./known-offsets.ts";
import { pick, randomFrom, spoil, type Random } from "./random-corruption.ts";

const HEAPS = knownHeaps();
/** Of each of the two kinds: spoilt before, and spoilt after the handshake. */
const CORRUPTIONS = 100_000;
/** Ten times what all of one layout take on a slow computer. */
const ENDLESS_MS = 100_000;
const HOSTS = ["host.example", "a-host-name-with-forty-six-bytes-.test.example", "192.0.2.1"];
const SEED = 20261122;

let built: Awaited<ReturnType<typeof buildGuard>>;
let board: GuardBoard;

before(async () => {
  built = await buildGuard();
  board = await GuardBoard.load(built.bundle.plain);
});


/** Runs an action that must end; one that does not is stopped with an exception. */
function runBounded(action: () => void): void {
  runInNewContext("action()", { action }, { timeout: ENDLESS_MS });
}

interface Tally {
  accepted: number;
  refused: number;
}

/** Hardens a spoilt state; an error must have come before the first write. */
function hardenSpoilt(random: Random, { heap }: KnownHeap, favourites: number[], tally: Tally): void {
  if (board.memory.writes.length > 0) board.memory = new BoardMemory(heap);
  const memory = board.memory;
  const intact = Buffer.from(memory.state);
  const host = pick(random, HOSTS);
  const guard = board.plan(host, {
    ca: random() < 0.8 ? "DER" : undefined,
    cert: random() < 0.5 ? "DER" : undefined,
    pins: ["00".repeat(20)],
  });
  spoil(random, memory, favourites);
  const spoilt = Buffer.from(memory.state);
  const error = errorOf(() => board.guard.harden(guard, board.socket));
  assert.deepEqual(memory.faults, []);
  if (error) {
    assert.match(error.code, /^E_TLS_(LAYOUT|NAME)$/);
    assert.deepEqual(memory.writes, []);
    assert.ok(spoilt.equals(memory.state), `${host}: written to before ${error.code} (${error.message})`);
  }
  tally[error ? "refused" : "accepted"]++;
  memory.state.set(intact);
}

for (const known of HEAPS) {
  test(`${known.heap.name}: spoilt before the handshake, never a byte outside RAM, nor a write before an error`, () => {
    const random = randomFrom(SEED);
    const favourites = [...alwaysChecked(known), ...checkedForLongNames(known), ...checkedForAddresses(known)].map(({ offset }) => offset);
    const tally: Tally = { accepted: 0, refused: 0 };
    board.memory = new BoardMemory(known.heap);
    runBounded(() => {
      for (let i = 0; i < CORRUPTIONS / HEAPS.length; i++) hardenSpoilt(random, known, favourites, tally);
    });
    // Half of the words do not matter, so both ends have to be common.
    assert.ok(Math.min(tally.accepted, tally.refused) > CORRUPTIONS / HEAPS.length / 20, JSON.stringify(tally));
  });
}

/** The places from which the way to the server's certificate goes on. */
function wayToCertificate({ heapStart, state, bytes, peerCertificateAddresses }: FirmwareHeap, sessionOffset: number): number[] {
  const session = bytes.readUInt32LE(state.address - heapStart + sessionOffset);
  const pointer = Buffer.alloc(4);
  pointer.writeUInt32LE(peerCertificateAddresses[0]!);
  const inStructure = heapStart + bytes.indexOf(pointer);
  const inSession = Array.from({ length: 40 }, (_, i) => session + 4 * i);
  return [state.address + sessionOffset, ...inSession, ...[-12, -8, -4, 0].map((offset) => inStructure + offset)];
}

function spoilPlace(random: Random, memory: BoardMemory, address: number): void {
  const targets = [
    memory.end - Math.floor(random() * 200),
    memory.start + Math.floor(random() * (memory.end - memory.start)),
    Math.floor(random() * 2 ** 32),
    Math.floor(random() * 20_000),
    0,
  ];
  const value = Buffer.alloc(4);
  value.writeUInt32LE(pick(random, targets) >>> 0);
  memory.write(address, value);
}

function lookForSpoilt(random: Random, layout: Layout, places: number[], tally: Tally): void {
  const memory = board.memory;
  const spoilt = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, places));
  const intact = spoilt.map((address) => memory.read(address, 4));
  for (const address of spoilt) spoilPlace(random, memory, address);
  memory.writes = [];
  let der = "";
  const error = errorOf(() => {
    der = board.guard.peerCertificate(board.words, layout, board.ram);
  });
  assert.deepEqual({ faults: memory.faults, writes: memory.writes }, { faults: [], writes: [] });
  if (error) assert.equal(error.code, "E_TLS_LAYOUT");
  else assert.ok(der.length > 4 && der.startsWith("\x30\x82"));
  tally[error ? "refused" : "accepted"]++;
  spoilt.reverse().forEach((address, i) => memory.write(address, intact[intact.length - 1 - i]!));
}

for (const generation of GENERATIONS) {
  test(`${generation}: spoilt after the handshake, never a byte outside RAM, nor a write`, () => {
    const random = randomFrom(SEED);
    const known = HEAPS.find(({ heap }) => heap.name.startsWith(generation))!;
    board.memory = new BoardMemory(known.heap);
    const layout = board.guard.findLayout(board.words, board.memory.stateAddress, board.socket.sckt - 1);
    const heap = readFirmwareHeap(generation, "after");
    board.memory = new BoardMemory(heap);
    const places = wayToCertificate(heap, known.at.io + 12);
    const tally: Tally = { accepted: 0, refused: 0 };
    runBounded(() => {
      for (let i = 0; i < CORRUPTIONS / GENERATIONS.length; i++) lookForSpoilt(random, layout, places, tally);
    });
    assert.ok(Math.min(tally.accepted, tally.refused) > CORRUPTIONS / GENERATIONS.length / 20, JSON.stringify(tally));
  });
}
