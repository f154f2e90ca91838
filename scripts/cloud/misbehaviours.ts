/** A server that fails its clients, as data. */
export interface Misbehaviour {
  /**
   * How far TLS gets: nothing is sent; the server's first flight is cut off in its certificate; finished. A plain
   * server takes "none" for "silent from the start".
   */
  handshake: "none" | "partial" | "whole";
  /** Bytes sent at once when a request's head has arrived. */
  answer: string;
  /** What follows the answer, or the partial handshake. */
  then: "waits" | "drips" | "closes" | "closes without notify" | "resets";
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
/** Announces far more than ever comes. */
const LONG_HEAD = `${HEAD}Content-Length: 100000\r\n\r\n`;

/** The ways to fail, by name. "drips": one byte a second for ever. */
export const MISBEHAVIOURS = {
  silent: { handshake: "none", answer: "", then: "waits" },
  "stops-in-handshake": { handshake: "partial", answer: "", then: "waits" },
  "resets-in-handshake": { handshake: "partial", answer: "", then: "resets" },
  "never-answers": { handshake: "whole", answer: "", then: "waits" },
  "closes-before-answer": { handshake: "whole", answer: "", then: "closes" },
  "resets-before-answer": { handshake: "whole", answer: "", then: "resets" },
  "drips-head": { handshake: "whole", answer: `${HEAD}X-Drip: `, then: "drips" },
  "stops-in-head": { handshake: "whole", answer: HEAD, then: "waits" },
  "drips-body": { handshake: "whole", answer: LONG_HEAD, then: "drips" },
  "stops-in-body": { handshake: "whole", answer: `${LONG_HEAD}0123456789`, then: "waits" },
  "closes-in-body": { handshake: "whole", answer: `${LONG_HEAD}0123456789`, then: "closes" },
  "resets-in-body": { handshake: "whole", answer: `${LONG_HEAD}0123456789`, then: "resets" },
  "closes-without-notify": { handshake: "whole", answer: `${HEAD}\r\n0123456789`, then: "closes without notify" },
} satisfies Record<string, Misbehaviour>;

export type MisbehaviourName = keyof typeof MISBEHAVIOURS;
