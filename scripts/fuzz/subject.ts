import type { RandomSource } from "./random-source.ts";

/** Something that reads what others wrote, and must hold its promises whatever that is. Inputs are bytes as characters. */
export interface Subject {
  name: string;
  /** How many inputs a whole run has. */
  usualCount: number;
  /** Makes an input, mostly a wrong one. */
  make(random: RandomSource): string;
  /** Gives what is wrong with how an input is read; undefined when nothing is. The same for the same seed. */
  check(input: string, seed: number): string | undefined;
}

/** Runs a check that says what is wrong by throwing it. */
export function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Broken ? error.message : `threw ${error instanceof Error ? error.stack ?? error.message : JSON.stringify(error)}`;
  }
}

/** A promise that was not held. */
class Broken extends Error {}

/** Says that a promise was not held. @throws always */
export function broken(what: string): never {
  throw new Broken(what);
}
