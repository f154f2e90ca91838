import type { Port } from "../espruino-cli/port.ts";

/** The board that is tested: one of ours, or one that somebody attached. */
export interface TestBoard {
  /** In words, for the progress shown. */
  name: string;
  /** Boots it, so that its random generator starts as it always does. Not needed before the first use of a board of ours. */
  boot(signal: AbortSignal): Promise<void>;
  /** Where it is met; after `boot()` perhaps elsewhere. */
  readonly port: Port;
  /** Storage files that it needs besides the selftest's own. */
  settingsFiles(): Record<string, Uint8Array>;
  /** Leaves it as it was. Is told nothing of an interrupt, and bounded by itself. */
  cleanUp(): Promise<void>;
}
