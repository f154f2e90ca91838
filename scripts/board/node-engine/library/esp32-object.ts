import type { Interpreter } from "../interpreter.ts";

/** The `ESP32` object. */
export function installEsp32(interpreter: Interpreter): void {
  const { realm } = interpreter;
  const esp32 = realm.object();
  realm.defineNatives(esp32, {
    getState: () =>
      realm.object({
        sdkVersion: "v4.4.8",
        freeHeap: interpreter.memory.freeHeapBytes,
        BLE: false,
        Wifi: true,
        minHeap: interpreter.memory.freeHeapBytes,
      }),
    reboot: () => {
      interpreter.todo = { kind: "reboot", lines: [] };
    },
    // The firmware takes an int of 32 bits; with a negative one the chip is not known to wake. (On a chip what follows in the pass does not run.)
    deepSleep: (microseconds: unknown) => {
      const us = Number(microseconds) | 0;
      interpreter.todo = { kind: "reboot", lines: [], sleepMs: us < 0 ? Infinity : us / 1_000 };
    },
    enableBLE: () => {},
    enableWifi: () => {},
  });
  realm.markNative(esp32);
  realm.define(realm.global, "ESP32", esp32);
}
