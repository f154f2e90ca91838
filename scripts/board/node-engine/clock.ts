/** The board's time: one object, so that a test can put another in its place. */
export interface BoardClock {
  /** Milliseconds since power-up, fractional. Never jumps. */
  uptimeMs(): number;
  /** The wall clock in milliseconds since 1970, fractional. */
  nowMs(): number;
  /** Moves the wall clock. Timers do not notice: they count uptime. */
  setNowMs(ms: number): void;
  /** Sleeps until `word` of the shared memory no longer holds `seen`, or for `ms`. */
  sleep(memory: Int32Array, word: number, seen: number, ms: number): void;
}

/** A clock that runs with the computer's and starts at 1970, as an ESP32 without a battery does. */
export function createClock(): BoardClock {
  const poweredUpMs = performance.now();
  let offsetMs = 0;
  const uptimeMs = () => performance.now() - poweredUpMs;
  return {
    uptimeMs,
    nowMs: () => uptimeMs() + offsetMs,
    setNowMs: (ms) => {
      offsetMs = ms - uptimeMs();
    },
    sleep: (memory, word, seen, ms) => {
      Atomics.wait(memory, word, seen, ms);
    },
  };
}
