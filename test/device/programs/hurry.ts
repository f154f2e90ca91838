// A faster clock for the waits of a program: what is a second and longer passes FACTOR times as fast. Shorter waits, as the virtual
// WiFi has them, keep their time.

declare const global: any;

const SHORTEST_MS = 1000;
/** Also in the tests. */
const FACTOR = 100;

const realSetTimeout: any = setTimeout;

function hurriedSetTimeout(callback: any, delayMs: number, ...rest: any[]): TimerId {
  const values: any[] = [callback, delayMs < SHORTEST_MS ? delayMs : delayMs / FACTOR].concat(rest);
  return realSetTimeout(...values);
}

/** From now on setTimeout hurries. */
export function hurry(): void {
  global.setTimeout = hurriedSetTimeout;
}
