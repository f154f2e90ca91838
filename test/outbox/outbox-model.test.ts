// Random scenarios with random power cuts, against a model: the list of what waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PAGE_BYTES, SimulatedBoard, type Entry, type Outbox } from "./simulated-board.ts";

const SEED = 310;
const RUNS = process.env["TEST_LONG"] ? 5_000 : 700;
const CUTS = RUNS * 3;

type Command =
  | { kind: "put"; length: number }
  | { kind: "remove"; count: number }
  | { kind: "reopen" }
  | { kind: "cut"; operations: number | undefined; bytes: number | undefined; seed: number };

const seed = fc.integer({ min: 1, max: 2 ** 31 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 300, max: 1500 }), fc.constant(4048)).map((length) => ({ kind: "put" as const, length })) },
  { weight: 4, arbitrary: fc.nat({ max: 12 }).map((count) => ({ kind: "remove" as const, count })) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("cut" as const), operations: fc.nat({ max: 5 }), bytes: fc.constant(undefined), seed }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("cut" as const), operations: fc.constant(undefined), bytes: fc.nat({ max: 6000 }), seed }) },
);
const setup = fc.record({ pages: fc.integer({ min: 2, max: 5 }), erasedBytes: fc.constantFrom(1024, 4096), drops: fc.boolean() });

/** Checks each step of a scenario against what must be there. */
class Scenario {
  readonly board: SimulatedBoard;
  readonly drops: boolean;
  cuts = 0;
  #outbox: Outbox;
  #waiting: Entry[] = [];
  #given = new Map<string, string>();
  #records = 0;

  constructor({ pages, erasedBytes, drops }: { pages: number; erasedBytes: number; drops: boolean }) {
    this.board = new SimulatedBoard(pages, erasedBytes);
    this.drops = drops;
    this.#outbox = this.#open();
  }

  do(command: Command): void {
    if (command.kind === "reopen") this.#outbox = this.#open();
    else if (command.kind === "cut") this.board.cut(command);
    else if (command.kind === "put") this.#put(command.length);
    else this.#remove(command.count);
  }

  /** Takes everything out, as a good network does. */
  end(): void {
    this.board.cut({});
    this.#look([...this.#waiting], []);
    for (let left = this.#waiting.length; left > 0; left -= 3) this.#outbox.remove(3);
    assert.deepEqual([this.#outbox.peek(9, 9), this.#outbox.status().queued], [[], 0]);
    assert.deepEqual([this.#open().peek(9, 9), this.#outbox.status().queued], [[], 0]);
  }

  #open(): Outbox {
    return this.board.open({ whenFull: this.drops ? "drop-oldest" : "refuse" });
  }

  #put(length: number): void {
    const data = `${this.#records++} `.padEnd(length, "\xff");
    const before = this.#outbox.status();
    let outcome: "done" | "cut" | "full" = "full";
    try {
      outcome = this.board.run(() => this.#outbox.put(data));
    } catch (error) {
      assert.equal((error as { code: string }).code, "E_OUTBOX_FULL");
      assert.ok(!this.drops && before.freeBytes < PAGE_BYTES, `full with ${before.freeBytes} bytes free`);
    }
    this.#afterwards(outcome, outcome === "full" ? [] : [data], this.drops ? this.#waiting.length : 0);
    if (outcome === "done") assert.equal(this.#waiting.at(-1)?.data, data);
  }

  #remove(count: number): void {
    const expected = this.#waiting.slice(count);
    const outcome = this.board.run(() => this.#outbox.remove(count));
    this.#afterwards(outcome, [], count);
    if (outcome === "done") assert.deepEqual(this.#waiting, expected);
  }

  /** @param mayBeGone how many of the oldest */
  #afterwards(outcome: "done" | "cut" | "full", added: string[], mayBeGone: number): void {
    if (outcome === "cut") {
      this.cuts++;
      this.#outbox = this.#open();
    }
    this.#look(this.#waiting.slice(mayBeGone), added);
    const { queued, freeBytes } = this.#outbox.status();
    assert.equal(queued, this.#waiting.length);
    assert.ok(freeBytes >= 0 && freeBytes <= this.board.pages * PAGE_BYTES);
  }

  /** Takes over what is there, which is the model's end: all that must be, perhaps some before it and `added` behind it. */
  #look(must: Entry[], added: string[]): void {
    const found = this.#outbox.peek(Infinity, Infinity);
    const isNew = found.length > 0 && added.includes(found.at(-1)!.data);
    const old = isNew ? found.slice(0, -1) : found;
    assert.ok(old.length >= must.length, `${must.length} must be there, ${old.length} are`);
    assert.deepEqual(old, this.#waiting.slice(this.#waiting.length - old.length));
    for (const { id, data } of found) {
      assert.equal(this.#given.get(id) ?? data, data, `${id} was given before`);
      this.#given.set(id, data);
    }
    this.#waiting = found;
  }
}

test("random scenarios, with power cuts in random operations", () => {
  let cuts = 0;
  fc.assert(
    fc.property(setup, fc.array(command, { minLength: 30, maxLength: 60 }), (board, commands) => {
      const scenario = new Scenario(board);
      for (const each of commands) scenario.do(each);
      scenario.end();
      cuts += scenario.cuts;
    }),
    { seed: SEED, numRuns: RUNS, includeErrorInReport: true, endOnFailure: true },
  );
  assert.ok(cuts >= CUTS, `${cuts} cuts`);
});
