import type { Runtime } from "../runtime.ts";

/** Thrown through the firmware's own code when the board crashes; no program code may catch it. */
export class Panic extends Error {}

/** What an ESP32 prints when its firmware reads through a null pointer. */
const PANIC_LINES = [
  "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.",
  "",
  "Rebooting...",
];

/** Prints the crash and lets the board start again. */
export function crash(runtime: Runtime): void {
  runtime.panic(PANIC_LINES);
}
