import type { Interpreter } from "../interpreter.ts";

/** Where the firmware keeps what no program should see: `global["\xff"]`, with the timers by id. */
export function installHiddenRoot({ realm, timers }: Interpreter): void {
  Object.defineProperty(realm.global, "\xff", {
    get: () => {
      const list = realm.array([]);
      for (const { id, ...timer } of timers.snapshot()) list[id] = realm.object(timer);
      return realm.object({ timers: list, watches: realm.array([]) });
    },
    configurable: true,
    enumerable: false,
  });
}
