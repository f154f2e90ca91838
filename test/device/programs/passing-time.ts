// A clock that a test can put forward, or stop as it stands at boot, which setTime cannot do on every build.

declare const global: any;

const realGetTime: any = getTime;
let aheadS = 0;
let isStopped = false;

function movedGetTime(): number {
  return isStopped ? 0 : realGetTime() + aheadS;
}

/** From now on getTime() is so many seconds more ahead. */
export function passTime(seconds: number): void {
  aheadS += seconds;
  global.getTime = movedGetTime;
}

/** From now on getTime() is so many seconds since 1970, and counting. */
export function setClock(nowS: number): void {
  aheadS = nowS - realGetTime();
  global.getTime = movedGetTime;
}

/** From now on getTime() is what it is at boot, or not any more. */
export function stopClock(stopped: boolean): void {
  isStopped = stopped;
  global.getTime = movedGetTime;
}
