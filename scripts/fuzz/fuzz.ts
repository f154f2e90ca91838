import { randomSource } from "./random-source.ts";
import { shrink } from "./shrink.ts";
import type { Subject } from "./subject.ts";

export interface FuzzJob {
  seed: number;
  /** How many inputs, at most. */
  count: number;
  /** For how long, at most; default for ever. In ms. */
  forMs?: number;
  /** Called now and then with how many inputs have been read. */
  onProgress?(done: number): void;
}

/** An input that is not read as it should be. */
export interface Finding {
  /** Which of the seed's inputs it is, from 0. */
  index: number;
  problem: string;
  /** As short as it still fails, and what is wrong with that. */
  input: string;
  inputProblem: string;
}

export interface FuzzResult {
  done: number;
  finding?: Finding;
}

const SEEDS = 2 ** 32;
/** Between two looks at the clock. */
const BATCH = 200;

/** Gives inputs to a subject, the same for the same seed, up to the first that finds a fault. */
export function fuzz(subject: Subject, { seed, count, forMs = Infinity, onProgress }: FuzzJob): FuzzResult {
  const seeds = randomSource(seed);
  const startedMs = performance.now();
  let done = 0;
  while (done < count && performance.now() - startedMs < forMs) {
    for (const end = Math.min(done + BATCH, count); done < end; done++) {
      const inputSeed = seeds.below(SEEDS);
      const input = subject.make(randomSource(inputSeed));
      const problem = subject.check(input, inputSeed);
      if (problem !== undefined) return { done: done + 1, finding: describe(subject, input, inputSeed, done, problem) };
    }
    onProgress?.(done);
  }
  return { done };
}

function describe(subject: Subject, input: string, inputSeed: number, index: number, problem: string): Finding {
  const shortest = shrink(input, (candidate) => subject.check(candidate, inputSeed) !== undefined);
  return { index, problem, input: shortest, inputProblem: subject.check(shortest, inputSeed) ?? problem };
}
