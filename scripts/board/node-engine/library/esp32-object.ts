import type { Interpreter } from "../interpreter.ts";

const FREE_HEAP_BYTES = 95_000;

/** The `ESP32` object. */
export function installEsp32(interpreter: Interpreter): void {
  const { realm } = interpreter;
  const esp32 = realm.object();
  realm.defineNatives(esp32, {
    getState: () =>
      realm.object({
        sdkVersion: "v4.4.8",
        freeHeap: FREE_HEAP_BYTES,
        BLE: false,
        Wifi: true,
        minHeap: FREE_HEAP_BYTES,
      }),
    reboot: () => {
      interpreter.todo = { kind: "reboot", lines: [] };
    },
    enableBLE: () => {},
    enableWifi: () => {},
  });
  realm.markNative(esp32);
  realm.define(realm.global, "ESP32", esp32);
}
