import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { changedAddresses, outside, untouched, type Range } from "./changed-ranges.ts";
import { GENERATIONS, readFirmwareHeap } from "./firmware-fixture.ts";
import { buildGuard, errorOf, GuardBoard, type Demands } from "./guard-on-memory.ts";
import { knownHeaps, withOwnCertificate, withoutCa, type KnownHeap } from "./known-offsets.ts";
import { watchWords } from "./watched-words.ts";

const STOCK_NAME = "mbed TLS Server 1";
const STOCK_BLOCK_BYTES = STOCK_NAME.length + 1;
const SHORT_NAME = "seventeen.example";
const LONG_NAME = "a-host-name-with-forty-six-bytes-.test.example";
const FORMS = ["plain", "minified", "counted"] as const;
const HEAPS = knownHeaps();

let built: Awaited<ReturnType<typeof buildGuard>>;

before(async () => {
  built = await buildGuard();
});

interface Hardened {
  board: GuardBoard;
  before: BoardMemory;
  changed: number[];
}

interface Wanted extends Partial<Demands> {
  host?: string;
}

async function hardenCopy({ heap }: Pick<KnownHeap, "heap">, { host, ...demands }: Wanted, form: (typeof FORMS)[number] = "counted"): Promise<Hardened> {
  const board = await GuardBoard.load(built.bundle[form]);
  board.memory = new BoardMemory(heap);
  const guard = board.plan(host, demands);
  board.guard.harden(guard, board.socket);
  const before = new BoardMemory(heap);
  return { board, before, changed: changedAddresses(before.snapshot(), board.memory.snapshot(), heap.heapStart) };
}

function word(memory: BoardMemory, offset: number): number {
  return memory.read(memory.stateAddress + offset, 4).readUInt32LE();
}

function textAt(memory: BoardMemory, address: number, length: number): string {
  return memory.read(address, length).toString("latin1");
}

function range(what: string, start: number, length: number): Range {
  return { what, start, end: start + length };
}

/** What is changed for every host: mode, lowest version, counter and keys of the generator. */
function commonRanges({ heap: { state }, at }: KnownHeap): Range[] {
  return [
    range("verification mode", state.address + at.mode, 1),
    range("lowest version", state.address + at.version + 3, 1),
    range("counter", state.address + 8, 16),
    range("generator's keys", state.address + at.keys[0], at.keys[1] - at.keys[0]),
  ];
}

function assertOnlyChanged(ranges: Range[], { changed }: Hardened): void {
  assert.deepEqual(outside(ranges, changed), [], "addresses that must not change");
  assert.deepEqual(untouched(ranges, changed), [], "what must change");
}

function assertModeAndVersion({ board: { memory }, before }: Hardened, { at }: KnownHeap, mode: number, lowest: number): void {
  assert.equal(memory.state[at.mode]! & at.modeMask, mode * at.modeUnit, "verification mode");
  assert.equal(memory.state[at.mode]! & ~at.modeMask, before.state[at.mode]! & ~at.modeMask, "other flags in that byte");
  assert.deepEqual([...memory.state.subarray(at.version, at.version + 4)], [3, 3, 3, lowest]);
}

/** The firmware's block has gone to the own certificate, which will free it. */
function assertNoName(known: KnownHeap, hardened: Hardened, mode: number): void {
  const { heap, at } = known;
  const memory = hardened.board.memory;
  const { address } = heap.state;
  const flag = at.ownBufferFlag === undefined ? [] : [range("own certificate's buffer flag", address + at.ownBufferFlag, 1)];
  const common = commonRanges(known).filter(({ what }) => mode !== 0 || what !== "verification mode");
  assertOnlyChanged([
    ...common,
    range("host name word", address + at.hostName, 4),
    range("own certificate's length and pointer", address + at.ownRaw, 8),
    ...flag,
  ], hardened);
  assertModeAndVersion(hardened, known, mode, 3);
  assert.equal(word(memory, at.hostName), 0);
  assert.equal(word(memory, at.ownRaw + 4), heap.hostnameAddresses[0]);
  assert.equal(word(memory, at.ownRaw), STOCK_BLOCK_BYTES);
  if (at.ownBufferFlag !== undefined) assert.equal(word(memory, at.ownBufferFlag), 1);
}

for (const known of HEAPS) {
  const { heap, at } = known;
  for (const form of FORMS) {
    test(`${heap.name}: a short name is written in place (${form})`, async () => {
      const hardened = await hardenCopy(known, { host: SHORT_NAME }, form);
      const memory = hardened.board.memory;
      const block = word(memory, at.hostName);
      assertOnlyChanged([...commonRanges(known), range("host name", block, STOCK_BLOCK_BYTES)], hardened);
      assertModeAndVersion(hardened, known, 2, 3);
      assert.equal(block, heap.hostnameAddresses[0]);
      assert.equal(textAt(memory, block, STOCK_BLOCK_BYTES), `${SHORT_NAME}\0`);
    });

    test(`${heap.name}: a long name changes places with the CA's buffer (${form})`, async () => {
      const hardened = await hardenCopy(known, { host: LONG_NAME }, form);
      const { board: { memory }, before } = hardened;
      const raw = word(before, at.caRaw + 4);
      assertOnlyChanged([
        ...commonRanges(known),
        range("host name word", heap.state.address + at.hostName, 4),
        range("CA's length and pointer", heap.state.address + at.caRaw, 8),
        range("CA's buffer", raw, LONG_NAME.length + 1),
      ], hardened);
      assertModeAndVersion(hardened, known, 2, 3);
      assert.equal(word(memory, at.hostName), raw);
      assert.equal(textAt(memory, raw, LONG_NAME.length + 1), `${LONG_NAME}\0`);
      assert.equal(word(memory, at.caRaw + 4), heap.hostnameAddresses[0], "the firmware's block has a new owner");
      assert.equal(word(memory, at.caRaw), STOCK_BLOCK_BYTES);
    });

    test(`${heap.name}: a long name takes the buffer of an own certificate that is never sent, and spares the CA (${form})`, async () => {
      const hardened = await hardenCopy(withOwnCertificate(known), { host: LONG_NAME, cert: "DER" }, form);
      const { board: { memory }, before } = hardened;
      const raw = word(before, at.ownRaw + 4);
      assertOnlyChanged([
        ...commonRanges(known),
        range("host name word", heap.state.address + at.hostName, 4),
        range("own certificate's length and pointer", heap.state.address + at.ownRaw, 8),
        range("own certificate's buffer", raw, LONG_NAME.length + 1),
      ], hardened);
      assert.equal(word(memory, at.hostName), raw);
      assert.equal(word(memory, at.ownRaw + 4), heap.hostnameAddresses[0], "the firmware's block has a new owner");
    });

    test(`${heap.name}: the buffer of an own certificate that is sent is left alone (${form})`, async () => {
      const { board: { memory }, before } = await hardenCopy(withOwnCertificate(known), { host: LONG_NAME, cert: "DER", key: "DER" }, form);
      assert.equal(word(memory, at.ownRaw + 4), word(before, at.ownRaw + 4));
      assert.equal(word(memory, at.caRaw + 4), heap.hostnameAddresses[0]);
    });

    test(`${heap.name}: an IP host has no name at all (${form})`, async () => {
      assertNoName(known, await hardenCopy(known, { host: "192.0.2.1" }, form), 2);
    });
  }

  test(`${heap.name}: with pins and no CA mbedTLS is told to check nothing`, async () => {
    const pins = ["00".repeat(32)];
    const bare = withoutCa(known);
    assertModeAndVersion(await hardenCopy(bare, { host: SHORT_NAME, ca: undefined, pins }), bare, 0, 3);
    assertNoName(bare, await hardenCopy(bare, { host: "192.0.2.1", ca: undefined, pins }), 0);
  });

  test(`${heap.name}: minTls is written`, async () => {
    for (const [minTls, lowest] of [["1.0", 1], ["1.1", 2], ["1.2", 3]] as const) {
      assertModeAndVersion(await hardenCopy(known, { minTls }), known, 2, lowest);
    }
  });

  test(`${heap.name}: the same randomness gives the same state, other randomness another`, async () => {
    const [first, second] = [await hardenCopy(known, {}), await hardenCopy(known, {})];
    assert.deepEqual(first.board.memory.snapshot(), second.board.memory.snapshot());
    const keys = first.board.memory.state.slice(at.keys[0], at.keys[1]);
    const other = await GuardBoard.load(built.bundle.counted);
    other.memory = new BoardMemory(heap);
    other.randomness = Buffer.alloc(256, "other randomness");
    other.guard.harden(other.plan(), other.socket);
    const otherKeys = other.memory.state.slice(at.keys[0], at.keys[1]);
    const equal = keys.filter((byte, i) => byte === otherKeys[i]).length;
    assert.ok(equal < keys.length / 10, `${equal} of ${keys.length} bytes of the keys are the same`);
    assert.notDeepEqual(first.board.memory.state.slice(8, 24), other.memory.state.slice(8, 24));
  });

  test(`${heap.name}: what the generator held before still counts`, async () => {
    const first = await hardenCopy(known, {});
    const changed = { ...heap, bytes: Buffer.from(heap.bytes) };
    const lastKeyByte = heap.state.address - heap.heapStart + at.keys[1] - 1;
    changed.bytes[lastKeyByte] = changed.bytes[lastKeyByte]! ^ 1;
    const second = await hardenCopy({ heap: changed }, {});
    assert.notDeepEqual(first.board.memory.state.slice(8, 24), second.board.memory.state.slice(8, 24));
  });

  test(`${heap.name}: the verification mode is the first word written`, async () => {
    for (const host of [SHORT_NAME, LONG_NAME, "192.0.2.1"]) {
      const board = await GuardBoard.load(built.bundle.counted);
      const order: number[] = [];
      board.memory = new BoardMemory(heap);
      board.wordsOn = (...parameters) => {
        const words = new Uint32Array(...parameters);
        const isState = words.buffer === board.memory.state.buffer;
        return isState ? watchWords(words, (index) => order.push(4 * index, board.memory.writes.length)) : words;
      };
      board.guard.harden(board.plan(host), board.socket);
      assert.deepEqual(order.slice(0, 2), [at.mode & ~3, 0]);
    }
  });
}

for (const generation of GENERATIONS) {
  test(`${generation} after the handshake: hardening refuses and writes nothing`, async () => {
    const heap = readFirmwareHeap(generation, "after");
    const board = await GuardBoard.load(built.bundle.counted);
    for (const host of [SHORT_NAME, LONG_NAME, "192.0.2.1"]) {
      board.memory = new BoardMemory(heap);
      const guard = board.plan(host);
      assert.equal(errorOf(() => board.guard.harden(guard, board.socket))?.code, "E_TLS_LAYOUT");
      assert.deepEqual(board.memory.snapshot(), new BoardMemory(heap).snapshot());
      assert.deepEqual(board.memory.writes, []);
    }
  });
}
