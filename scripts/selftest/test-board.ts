import type { Port } from "../espruino-cli/port.ts";

/** The board that is tested: one of ours, or one that somebody attached. */
export interface TestBoard {
  /** In words, for the progress shown. */
  name: string;
  /** Boots it, so that its random generator starts as it always does. */
  boot(signal: AbortSignal): Promise<void>;
  /** Where it is met; after `boot()` perhaps elsewhere. */
  readonly port: Port;
  /** Storage files that it needs besides the selftest's own. */
  settingsFiles(): Record<string, Uint8Array>;
  /** Leaves it as it was, also after an interrupt; is bounded by itself. */
  cleanUp(): Promise<void>;
}
