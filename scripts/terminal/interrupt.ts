import { INTERRUPTED_EXIT_CODE } from "./command.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** One Ctrl-C can arrive twice, from the terminal and from the process above; a person is slower. */
const SAME_GESTURE_MS = 300;

/** Aborts when a person or the system wants this process to end, so that it can tidy up; the second time it ends at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted && performance.now() - firstMs > SAME_GESTURE_MS) process.exit(INTERRUPTED_EXIT_CODE);
    if (!controller.signal.aborted) firstMs = performance.now();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
