// What the computer and the program on the board tell each other. Types alone: both the host's and the board's compiler read it.

/** As stock firmware connects, which verifies nothing; or with what modules/tls/ does before the handshake. */
export type Manner = "stock" | "hardened";

/** One connection that the program has to try. */
export interface Attempt {
  /** Id of a server in cases.ts. */
  server: string;
  manner: Manner;
  url: string;
}

/** What the program is to do; JSON in the board's Storage. */
export interface Plan {
  attempts: Attempt[];
  /** As in the board's settings (modules/settings.ts). */
  connectTo: Record<string, string>;
  trustAnchors: Record<string, string>;
}

/** What the program prints of the board, after `=== board `, as JSON. */
export interface BoardFacts {
  board: string;
  version: string;
  /** Of the firmware; "virtual" on the virtual board's node engine. */
  commit: string;
}

/** What the program prints of each attempt, after `=== attempt `, as JSON. An accepted server has no error code. */
export interface AttemptResult {
  server: string;
  manner: Manner;
  code?: string;
  phase?: string;
  message?: string;
}
