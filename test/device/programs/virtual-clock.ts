// A clock that runs so many times as fast, for timers and for getTime() alike, or jumps. Waits below 0.3 s keep their time, as
// the virtual WiFi has them: at 200 times as fast that is a minute, which the watchdog's grace allows. Imported before what is to run by it.
declare const global: any;

interface Waiting {
  real: TimerId;
  /** By this clock. */
  dueS: number;
  isScaled: boolean;
  callback: any;
  values: any[];
}

const SHORTEST_MS = 300;
const realSetTimeout: any = setTimeout;
const realClearTimeout: any = clearTimeout;
const realGetTime: any = getTime;
const realSetTime: any = setTime;
const realEnableWatchdog: any = E.enableWatchdog;
const waiting: Record<string, Waiting> = {};
let lastId = 1000000;
let factor = 1;
let sinceS = realGetTime();
let aheadS = 0;

// Without jumps and settings of the clock, which timers do not notice.
function passedS(): number {
  return aheadS + (realGetTime() - sinceS) * factor;
}

const start = { atS: realGetTime() };

function fire(id: string): void {
  const timer = waiting[id]!;
  delete waiting[id];
  timer.callback.apply(undefined, timer.values);
}

function arm(id: string, timer: Waiting): void {
  const leftMs = (timer.dueS - passedS()) * 1000;
  timer.real = realSetTimeout(fire, timer.isScaled ? leftMs / factor : leftMs, id);
}

global.getTime = (): number => start.atS + passedS();

global.setTimeout = (callback: any, delayMs: number, ...rest: any[]): TimerId => {
  const id = ++lastId;
  const isScaled = delayMs >= SHORTEST_MS;
  const timer: Waiting = { real: 0, dueS: passedS() + delayMs / 1000, isScaled, callback, values: rest };
  waiting["" + id] = timer;
  if (isScaled) arm("" + id, timer);
  else timer.real = realSetTimeout(fire, delayMs, "" + id);
  return id;
};

global.clearTimeout = (id: TimerId): void => {
  const timer = waiting["" + id];
  if (timer) realClearTimeout(timer.real);
  delete waiting["" + id];
};

global.setTime = (seconds: number): void => {
  const beforeS = realGetTime();
  start.atS = seconds - passedS();
  realSetTime(seconds);
  sinceS += realGetTime() - beforeS;
};

(E as any).enableWatchdog = (seconds: number, isAutomatic: boolean): void => realEnableWatchdog(seconds / factor, isAutomatic);

/** From now on so many times as fast; what waits already, too. */
export function runFast(timesAsFast: number): void {
  aheadS = passedS();
  sinceS = realGetTime();
  factor = timesAsFast;
  for (const id in waiting) {
    if (!waiting[id]!.isScaled) continue;
    realClearTimeout(waiting[id]!.real);
    arm(id, waiting[id]!);
  }
}

/** So many seconds pass at once; timers do not notice. */
export function jump(seconds: number): void {
  start.atS += seconds;
}
