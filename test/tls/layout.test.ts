import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { alwaysChecked, checkedForAddresses, checkedForLongNames, type CheckedWord } from "./checked-words.ts";
import { buildGuard, errorOf, GuardBoard } from "./guard-on-memory.ts";
import { knownHeaps, withoutCa, type KnownHeap } from "./known-offsets.ts";

const REFUSALS = ["E_TLS_LAYOUT", "E_TLS_NAME"];
const SHORT_NAME = "host.example";
const LONG_NAME = "a-host-name-with-forty-six-bytes-.test.example";
const ADDRESS = "192.0.2.1";

const HOSTS = [
  { host: SHORT_NAME, checked: alwaysChecked },
  { host: LONG_NAME, checked: (known: KnownHeap) => [...alwaysChecked(known), ...checkedForLongNames(known)] },
  { host: ADDRESS, checked: (known: KnownHeap) => [...alwaysChecked(known), ...checkedForAddresses(known)] },
];

let built: Awaited<ReturnType<typeof buildGuard>>;
let board: GuardBoard;

before(async () => {
  built = await buildGuard();
  board = await GuardBoard.load(built.bundle.counted);
});


/** Every other value of every byte of a checked word. */
function* changesOf({ offset, bytes, isHarmless }: CheckedWord, state: Uint8Array): Generator<[number, number]> {
  for (const byte of bytes) {
    for (let value = 0; value < 256; value++) {
      if (value !== state[offset + byte] && !isHarmless?.(byte, value)) yield [offset + byte, value];
    }
  }
}

/** What is wrong with how a changed state was dealt with; undefined when it was refused and nothing was written. */
function wrongWith(host: string, memory: BoardMemory): string | undefined {
  const asItWas = Buffer.from(memory.state);
  const guard = board.plan(host);
  const error = errorOf(() => board.guard.harden(guard, board.socket));
  if (!error) return "accepted";
  if (!REFUSALS.includes(error.code)) return error.code;
  if (memory.faults.length > 0) return memory.faults[0]!.message;
  return memory.writes.length > 0 || !asItWas.equals(memory.state) ? "written to" : undefined;
}

interface Findings {
  count: number;
  /** The first few, as texts. */
  wrong: string[];
}

function tryChanges(known: KnownHeap, host: string, word: CheckedWord, findings: Findings): void {
  for (const [at, value] of changesOf(word, new BoardMemory(known.heap).state)) {
    // A memory that was written to is of no more use.
    if (board.memory.writes.length > 0) board.memory = new BoardMemory(known.heap);
    const memory = board.memory;
    const asItWas = Buffer.from(memory.state);
    memory.state[at] = value;
    const what = wrongWith(host, memory);
    memory.state.set(asItWas);
    findings.count++;
    if (what) findings.wrong.push(`${word.name}: byte ${at} = 0x${value.toString(16)} instead of 0x${asItWas[at]!.toString(16)}: ${what}`);
  }
}

const HEAPS = knownHeaps();
// A long name needs the CA's buffer.
const CASES = [
  ...HEAPS.flatMap((known) => HOSTS.map((each) => ({ known, ...each }))),
  ...HEAPS.map(withoutCa).flatMap((known) => HOSTS.filter(({ host }) => host !== LONG_NAME).map((each) => ({ known, ...each }))),
];

for (const { known, host, checked } of CASES) {
  test(`${known.heap.name}, ${host}: one changed byte in a checked word is refused, and nothing is written`, () => {
    const findings: Findings = { count: 0, wrong: [] };
    board.memory = new BoardMemory(known.heap);
    for (const word of checked(known)) tryChanges(known, host, word, findings);
    const { count, wrong } = findings;
    assert.equal(wrong.length, 0, `${wrong.length} of ${count} changes, for example:\n${wrong.slice(0, 20).join("\n")}`);
  });
}
