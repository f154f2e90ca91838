/**
 * Whether a request will come to its answer: "works"; "needs" something first (see the advice); "fails"; "unknown": the server could not be
 * reached or did not answer, so nothing is said about it.
 */
export type Outcome = "works" | "needs" | "fails" | "unknown";

export interface Verdict {
  outcome: Outcome;
  /** What the request on the board ends with (docs/errors.md); undefined when it works. */
  code?: string;
  /** One or two sentences. */
  text: string;
  /** What to do: one sentence each. */
  advice: string[];
}

/** A verdict that is not "works". */
export function verdict(outcome: Exclude<Outcome, "works">, code: string, text: string, advice: string[] = []): Verdict {
  return { outcome, code, text, advice };
}
