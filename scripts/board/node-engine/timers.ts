import type { BoardClock } from "./clock.ts";
import type { Calls } from "./calls.ts";

interface Timer {
  id: number;
  dueMs: number;
  intervalMs: number | undefined;
  callback: unknown;
  args: unknown[];
}

/** The firmware's smallest interval. */
const MIN_INTERVAL_MS = 0.1;
/** The firmware's longest interval. */
const MAX_INTERVAL_MS = 31_536_000_001_000;

/** `setTimeout` and `setInterval`: one list, in the order of creation. */
export class Timers {
  readonly #clock: BoardClock;
  #timers = new Map<number, Timer>();
  #lastId = 0;
  #changed = false;
  /** An interval was interrupted and is gone: the firmware says so. */
  onIntervalRemoved: () => void = () => {};

  constructor(clock: BoardClock) {
    this.#clock = clock;
  }

  /**
   * Adds a timer.
   * @param delayMs anything that is no number, or below the smallest interval, means the next pass
   * @returns its id, or undefined when the delay is too long
   */
  add(callback: unknown, delayMs: number, args: unknown[], repeats: boolean): number | undefined {
    const intervalMs = Number.isNaN(delayMs) || delayMs < MIN_INTERVAL_MS ? MIN_INTERVAL_MS : delayMs;
    if (intervalMs > MAX_INTERVAL_MS) return undefined;
    const id = ++this.#lastId;
    const dueMs = this.#clock.uptimeMs() + intervalMs;
    this.#changed = true;
    this.#timers.set(id, { id, dueMs, intervalMs: repeats ? intervalMs : undefined, callback, args });
    return id;
  }

  remove(id: unknown): void {
    this.#timers.delete(Number(id));
    this.#changed = true;
  }

  /** Gives a timer another interval: it is due that long from now. */
  change(id: unknown, delayMs: number): void {
    const timer = this.#timers.get(Number(id));
    this.#changed = true;
    if (!timer) return;
    timer.dueMs = this.#clock.uptimeMs() + delayMs;
    if (timer.intervalMs !== undefined) timer.intervalMs = delayMs;
  }

  clear(): void {
    this.#timers.clear();
    this.#changed = true;
  }

  /** Forgets the ids too, as a reset does. */
  reset(): void {
    this.#timers = new Map();
    this.#lastId = 0;
  }

  /** When the next timer is due, in ms of uptime; Infinity without timers. */
  get nextDueMs(): number {
    return Math.min(...[...this.#timers.values()].map((each) => each.dueMs), Infinity);
  }

  /** What a program sees in the hidden root: times in microseconds from now. */
  snapshot(): { id: number; time: number; intr?: number; cb: unknown; args?: unknown[] }[] {
    const nowMs = this.#clock.uptimeMs();
    return [...this.#timers.values()].map(({ id, dueMs, intervalMs, callback, args }) => ({
      id,
      time: Math.round((dueMs - nowMs) * 1000),
      ...(intervalMs === undefined ? {} : { intr: Math.round(intervalMs * 1000) }),
      cb: callback,
      ...(args.length === 0 ? {} : { args }),
    }));
  }

  /**
   * Calls what is due, in the order of creation, and starts over when a callback has changed the list. An interval that
   * was missed several times is due again in the next pass. The time is read once, at the start.
   * @returns true when one was called
   */
  runDue(calls: Calls, global: object): boolean {
    const nowMs = this.#clock.uptimeMs();
    let ran = false;
    do {
      this.#changed = false;
      for (const timer of [...this.#timers.values()]) {
        if (timer.dueMs > nowMs) continue;
        ran = true;
        this.#call(timer, calls, global);
        if (this.#changed) break;
      }
    } while (this.#changed);
    return ran;
  }

  #call(timer: Timer, calls: Calls, global: object): void {
    const completed = calls.fire(timer.callback, global, timer.args);
    if (!completed && timer.intervalMs !== undefined) this.onIntervalRemoved();
    if (completed && timer.intervalMs !== undefined) timer.dueMs += timer.intervalMs;
    else if (this.#timers.get(timer.id) === timer) this.#timers.delete(timer.id);
  }
}
