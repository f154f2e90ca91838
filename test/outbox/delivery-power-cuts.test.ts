// The delivery over a network that comes and goes, and power that goes inside any operation on flash, at thousands of points: the modules'
// sources in this process, on a clock that only they see. test/device/telemetry-power-cuts.test.ts does it with all of the program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PowerLost, SimulatedBoard } from "./simulated-board.ts";

const CUTS = 2_000;
const PAGES = 4;
/** Fewer than are room for while the network is away; nothing is dropped then. */
const MOST_WAITING = 40;
/** A life ends after so many calls at the latest: then the power goes outside of an operation. */
const CALLS = 400;

interface Options {
  body: string;
  headers: Record<string, string>;
  onHead(head: { statusCode: number; headers: Record<string, string> }): void;
}
type Callback = (error: object | undefined) => void;

/** A generator whose numbers are the same at each run (xorshift32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** setTimeout and getTime of a board. It runs one call after the other, so that the whole of a life is synchronous. */
class Clock {
  nowMs = 1_790_000_000_000;
  #waiting: { id: number; atMs: number; call: () => void }[] = [];
  #lastId = 0;

  readonly setTimeout = (call: (...args: unknown[]) => void, delayMs: number, ...args: unknown[]): number => {
    this.#waiting.push({ id: ++this.#lastId, atMs: this.nowMs + delayMs, call: () => call(...args) });
    return this.#lastId;
  };

  readonly clearTimeout = (id: number): void => void (this.#waiting = this.#waiting.filter((each) => each.id !== id));

  /** Runs what is due next; false when nothing waits. */
  step(): boolean {
    const next = this.#waiting.reduce((first, each) => (first && first.atMs <= each.atMs ? first : each), this.#waiting[0]);
    if (!next) return false;
    this.clearTimeout(next.id);
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.call();
    return true;
  }

  reset(): void {
    this.#waiting = [];
  }
}

/** What came to the server, each id once, and the keys with their bodies. */
class Server {
  readonly ids: string[] = [];
  readonly numbers: number[] = [];
  repeats = 0;
  readonly #bodies = new Map<string, string>();

  take({ body, headers }: Options): void {
    const key = headers["Idempotency-Key"]!;
    assert.equal(this.#bodies.get(key) ?? body, body, "one key, one body");
    this.#bodies.set(key, body);
    for (const { id, data } of JSON.parse(body) as { id: string; data: { number: number } }[]) {
      if (this.ids.includes(id)) this.repeats++;
      else {
        this.ids.push(id);
        this.numbers.push(data.number);
      }
    }
  }
}

const clock = new Clock();
Object.assign(globalThis, { getTime: () => clock.nowMs / 1000 });
// By a name that the type checker does not follow: the module is typed for the board.
const MODULE = new URL("../../modules/delivery.ts", import.meta.url).href;
const { createDelivery } = (await import(MODULE)) as {
  createDelivery(options: object): { resume(): void; pause(): void; wake(): void };
};

/** A server that is there, away, broken, or whose answers get lost. */
function network(server: Server, random: (below: number) => number): (options: Options, callback: Callback) => { abort(): void } {
  return (options, callback) => {
    const fate = random(6);
    clock.setTimeout(() => {
      if (fate >= 2) server.take(options);
      if (fate === 1) options.onHead({ statusCode: 503, headers: {} });
      if (fate >= 3) options.onHead({ statusCode: 200, headers: {} });
      callback(fate === 0 || fate === 2 ? { code: "E_RESET", phase: "first-byte", message: "closed" } : undefined);
    }, 50 + random(500));
    return { abort: () => undefined };
  };
}

/** From power-up to power cut. */
function live(board: SimulatedBoard, server: Server, certain: number[], random: (below: number) => number): void {
  const outbox = board.open();
  const delivery = createDelivery({ url: "", outbox, request: network(server, random) });
  let isOn = true;
  Object.assign(globalThis, { getTime: () => clock.nowMs / 1000, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout });
  delivery.resume();
  const read = (): void => {
    clock.setTimeout(read, 300);
    if (random(12) === 0) {
      isOn = !isOn;
      if (isOn) delivery.resume();
      else delivery.pause();
    }
    if (outbox.status().queued >= MOST_WAITING) return;
    const number = (certain.at(-1) ?? 0) + 1 + random(3);
    outbox.put(JSON.stringify({ number, fill: "x".repeat(random(90)) }));
    certain.push(number);
    delivery.wake();
  };
  read();
  for (let calls = 0; calls < CALLS; calls++) clock.step();
  throw new PowerLost("between two operations");
}

/** Runs something on the board's clock, in silence. */
function onBoardTime(work: () => void): void {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const say = console.log;
  console.log = () => undefined;
  clock.reset();
  try {
    work();
  } finally {
    Object.assign(globalThis, { setTimeout: realSetTimeout, clearTimeout: realClearTimeout });
    console.log = say;
  }
}

test("a full outbox that drops the records under way: what was put after them is not removed for them", () => {
  const board = new SimulatedBoard(2);
  const server = new Server();
  let put = 0;
  const dropped: number[] = [];
  onBoardTime(() => {
    const outbox = board.open({ whenFull: "drop-oldest" });
    Object.assign(globalThis, { getTime: () => clock.nowMs / 1000, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout });
    const delivery = createDelivery({ url: "", outbox, request: network(server, chance(3)) });
    const read = (): void => {
      if (put < 3_000) clock.setTimeout(read, 8);
      const before = outbox.peek(Infinity, Infinity);
      outbox.put(JSON.stringify({ number: ++put, fill: "x".repeat(60) }));
      const oldest = outbox.peek(1, 1)[0]!.id;
      dropped.push(...before.slice(0, Math.max(0, before.findIndex(({ id }) => id === oldest))).map(({ data }) => (JSON.parse(data) as { number: number }).number));
      delivery.wake();
    };
    delivery.resume();
    read();
    while (clock.step()) continue;
    assert.equal(outbox.status().queued, 0);
    assert.equal(outbox.status().dropped, dropped.length);
  });
  const gone = new Set([...server.numbers, ...dropped]);
  assert.deepEqual(Array.from({ length: put }, (_each, i) => i + 1).filter((number) => !gone.has(number)), []);
  assert.ok(dropped.length > 100 && dropped.some((number) => server.numbers.includes(number)), `${dropped.length} dropped of ${put}`);
});

test(`${CUTS} power cuts while readings are made and the network comes and goes: each arrives, once by its id, in order`, () => {
  const board = new SimulatedBoard(PAGES);
  const server = new Server();
  const certain: number[] = [];
  onBoardTime(() => {
    for (let cut = 1; cut <= CUTS; cut++) {
      const random = chance(cut);
      clock.reset();
      board.cut({ operations: random(60), seed: cut });
      assert.equal(board.run(() => live(board, server, certain, random)), "cut");
    }
    clock.reset();
    const outbox = board.open();
    createDelivery({ url: "", outbox, request: network(server, chance(1)) }).resume();
    while (clock.step()) continue;
    assert.equal(outbox.status().queued, 0);
  });
  const missing = certain.filter((number) => !server.numbers.includes(number));
  assert.deepEqual(missing, [], `${missing.length} of ${certain.length} are missing`);
  const places = server.ids.map((id) => Number(id.split("-")[2]));
  assert.deepEqual(places, [...places].sort((a, b) => a - b), "in order");
  assert.ok(certain.length > CUTS && server.repeats > 100, `${certain.length} readings, ${server.repeats} repeats`);
});
