const CTRL_C = 3;
const CTRL_D = 4;
/** Two presses within this time are meant as one gesture; the first has gone to the board. */
const TWICE_WITHIN_MS = 1_000;

/** Tells, key after key, whether the person wants to leave: Ctrl-D, or Ctrl-C twice within a second. */
export function isLeavingKey(): (keys: Uint8Array, nowMs: number) => boolean {
  let lastCtrlCMs = -Infinity;
  return (keys, nowMs) => {
    if (keys.includes(CTRL_D)) return true;
    const presses = keys.filter((key) => key === CTRL_C).length;
    if (presses === 0) {
      lastCtrlCMs = -Infinity;
      return false;
    }
    const isSecond = presses > 1 || nowMs - lastCtrlCMs < TWICE_WITHIN_MS;
    lastCtrlCMs = nowMs;
    return isSecond;
  };
}
