// A clock that runs so many times as fast, for timers and for getTime() alike, or jumps. Waits below a second keep their time, as
// the virtual WiFi has them. Imported before what is to run by it.
declare const global: any;

const SHORTEST_MS = 1000;
const realSetTimeout: any = setTimeout;
const realGetTime: any = getTime;
const realSetTime: any = setTime;
const realEnableWatchdog: any = E.enableWatchdog;
let factor = 1;
let sinceS = realGetTime();
let aheadS = 0;

function virtualTime(): number {
  const now = realGetTime();
  return now + aheadS + (now - sinceS) * (factor - 1);
}

function settle(): void {
  const now = realGetTime();
  aheadS += (now - sinceS) * (factor - 1);
  sinceS = now;
}

global.getTime = virtualTime;

global.setTimeout = (callback: any, delayMs: number, ...rest: any[]): TimerId => {
  const values: any[] = [callback, delayMs < SHORTEST_MS ? delayMs : delayMs / factor].concat(rest);
  return realSetTimeout(...values);
};

global.setTime = (seconds: number): void => {
  const changeS = seconds - virtualTime();
  settle();
  realSetTime(realGetTime() + changeS);
  sinceS += changeS;
};

(E as any).enableWatchdog = (seconds: number, isAutomatic: boolean): void => realEnableWatchdog(seconds / factor, isAutomatic);

/** From now on so many times as fast. */
export function runFast(timesAsFast: number): void {
  settle();
  factor = timesAsFast;
}

/** So many seconds pass at once; timers do not notice. */
export function jump(seconds: number): void {
  aheadS += seconds;
}
