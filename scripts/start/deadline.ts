import type { Breakage } from "./breakages.ts";

/** The longest a program can take by its own deadlines: WiFi 30 s, three time servers, ten attempts of a request. */
const PROGRAM_DEADLINE_MS = 240_000;
/** Telemetry never gives up. With something broken that does not mend itself, so long is enough to see how it goes on trying. */
const BROKEN_TELEMETRY_MS = 45_000;
/** It joins, asks for the time and shakes hands; then a reading a second, with room for a few failures and their pauses. */
const TELEMETRY_START_MS = 90_000;
const READING_MS = 5_000;

/** How long `npm start` waits for a program to say how it ended; undefined: until Ctrl-C. */
export function programDeadlineMs(app: string, readings: number, breakage: Breakage | undefined): number | undefined {
  if (app !== "telemetry") return PROGRAM_DEADLINE_MS;
  if (breakage && !breakage.mends) return BROKEN_TELEMETRY_MS;
  return readings === 0 ? undefined : TELEMETRY_START_MS + readings * READING_MS;
}
