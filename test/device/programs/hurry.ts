// A faster clock for the waits of a program: what is a second and longer passes so many times as fast. Shorter waits, as the
// virtual WiFi has them, keep their time.

declare const global: any;

const SHORTEST_MS = 1000;
let factor = 1;

const realSetTimeout: any = setTimeout;

function hurriedSetTimeout(callback: any, delayMs: number, ...rest: any[]): TimerId {
  const values: any[] = [callback, delayMs < SHORTEST_MS ? delayMs : delayMs / factor].concat(rest);
  return realSetTimeout(...values);
}

/** From now on setTimeout hurries. */
export function hurry(timesAsFast: number): void {
  factor = timesAsFast;
  global.setTimeout = hurriedSetTimeout;
}
