// Power that goes at every byte of every operation of a scenario: what was put is there, in order, under its own id.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedBoard, type Entry, type OutboxOptions } from "./simulated-board.ts";

const PAGES = 2;
/** Three fill a page. */
const LONG = 1300;
/** In long runs, each byte is tried with so many ways in which it and the page can be left. */
const SEEDS = process.env["TEST_LONG"] ? [1, 2, 3, 4, 5, 6] : [1];
/** In short runs an erase is cut at every so many bytes, beside those around the header. */
const ERASE_STEP = process.env["TEST_LONG"] ? 1 : 41;
const HEADER_BYTES = 24;

interface Step {
  /** Length of a record to put, or how many to remove. */
  put?: number;
  remove?: number;
}

const SCENARIO: Step[] = [
  { put: 5 }, { put: LONG }, { remove: 1 }, { put: 6 }, { put: LONG }, { remove: 2 }, { put: LONG }, { put: 7 }, { remove: 3 },
  { put: LONG }, { put: LONG }, { remove: 2 }, { put: 1 }, { put: LONG }, { remove: 9 }, { put: LONG }, { put: LONG },
];
/** With nothing removed, each page is dropped in its turn. */
const DROPPING: Step[] = Array.from({ length: 7 }, (_each, i) => ({ put: i % 3 === 0 ? 9 : LONG }));

interface State {
  flash: Buffer;
  entries: Entry[];
  ids: Set<string>;
}

function datumOf(step: number, length: number): string {
  return String.fromCharCode(65 + step).repeat(length);
}

function run(board: SimulatedBoard, options: OutboxOptions, step: Step, index: number): void {
  const outbox = board.open(options);
  if (step.put !== undefined) outbox.put(datumOf(index, step.put), index);
  else outbox.remove(step.remove!);
}

/** What may be there after a step that was cut; `dropped` records may have made room. */
function allowed(before: Entry[], after: Entry[], step: Step): Entry[][] {
  const added = step.put === undefined ? [] : after.slice(-1);
  const kept = before.length - (after.length - added.length);
  const suffixes = Array.from({ length: kept + 1 }, (_each, i) => before.slice(i));
  return [...suffixes, ...(added.length > 0 ? suffixes.map((each) => [...each, ...added]) : [])];
}

function checkCut(state: State, options: OutboxOptions, step: Step, index: number, after: Entry[], bytes: number, seed: number): "done" | "cut" {
  const board = new SimulatedBoard(PAGES);
  state.flash.copy(board.chip.bytes);
  board.cut({ bytes, seed });
  const outcome = board.run(() => run(board, options, step, index));
  const found = board.waiting(options);
  const where = `step ${index} ${JSON.stringify(step)} cut at byte ${bytes}, seed ${seed}`;
  assert.ok(allowed(state.entries, after, step).some((each) => isSame(each, found)), `${where}: ${JSON.stringify(found.map(({ id }) => id))}`);
  const outbox = board.open(options);
  outbox.remove(found.length);
  outbox.put("after");
  const [last, ...others] = board.waiting(options);
  assert.deepEqual([last?.data, others.length], ["after", 0], where);
  assert.ok(!state.ids.has(last!.id) && !found.some(({ id }) => id === last!.id), `${where}: ${last!.id} was given before`);
  return outcome;
}

function isSame(a: Entry[], b: Entry[]): boolean {
  return a.length === b.length && a.every(({ id, data, timeS }, i) => id === b[i]!.id && data === b[i]!.data && timeS === b[i]!.timeS);
}

/** Every byte of what is written, and of an erased page those that matter and some more. */
function cutPoints(operations: number[]): number[] {
  let at = 0;
  return operations.flatMap((length) => {
    const offsets = Array.from({ length }, (_each, i) => i);
    const tried = length > 2000 ? offsets.filter((i) => i % ERASE_STEP === 0 || i <= HEADER_BYTES || i >= length - HEADER_BYTES) : offsets;
    const start = at;
    at += length;
    return tried.map((each) => start + each);
  });
}

for (const [name, options, scenario] of [
  ["records are sent in time", { whenFull: "refuse" }, SCENARIO],
  ["old records are dropped", { whenFull: "drop-oldest" }, DROPPING],
] as const) {
  test(`power cuts at every byte while ${name}`, () => {
    const board = new SimulatedBoard(PAGES);
    const state: State = { flash: Buffer.from(board.chip.bytes), entries: [], ids: new Set() };
    const operations: number[] = [];
    let cuts = 0;
    for (const [index, step] of scenario.entries()) {
      operations.length = 0;
      board.onChange = (bytes) => void operations.push(bytes ? bytes.length : board.erasedBytes);
      run(board, options, step, index);
      const after = board.waiting(options);
      for (const bytes of cutPoints(operations)) {
        for (const seed of SEEDS) {
          assert.equal(checkCut(state, options, step, index, after, bytes, seed), "cut");
          cuts++;
        }
      }
      board.chip.bytes.copy(state.flash);
      state.entries = after;
      for (const { id } of after) state.ids.add(id);
    }
    assert.ok(cuts > 3_000, `${cuts} cuts`);
  });
}
