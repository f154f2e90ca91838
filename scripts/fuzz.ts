import { Argument, Command, InvalidArgumentError } from "commander";
import type { FuzzResult } from "./fuzz/fuzz.ts";
import type { Subject } from "./fuzz/subject.ts";
import { runCommand } from "./terminal/command.ts";

interface FuzzOptions {
  seed: number;
  count?: number;
  minutes?: number;
}

/** The same each time unless told otherwise, so that a run can be compared with the one before. */
const DEFAULT_SEED = 6;
const PROGRESS_MS = 5_000;
const MS_A_MINUTE = 60_000;
const SUBJECT_NAMES = ["responses", "certificates", "json"];

function readWholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

function readMinutes(text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("A time is a number of minutes.");
}

function readCommand(): { names: string[]; options: FuzzOptions } {
  const command = new Command("npm run fuzz --")
    .description("Give mutated responses, certificates and JSON texts to the modules that read them on the board, and check that they hold what they promise. Ends with 1 at the first that they do not.")
    .addArgument(new Argument("[subjects...]", "what to mutate; default all").choices(SUBJECT_NAMES))
    .option("--seed <number>", "which random inputs: the same number gives the same ones", readWholeNumber, DEFAULT_SEED)
    .option("--count <number>", "how many inputs of each kind; default 1000000 responses, and 200000 of the others", readWholeNumber)
    .option("--minutes <number>", "stop each kind after so many minutes", readMinutes)
    .parse();
  return { names: command.args.length > 0 ? command.args : SUBJECT_NAMES, options: command.opts<FuzzOptions>() };
}

async function fuzzAll(): Promise<number> {
  const { names, options } = readCommand();
  // Loaded only now, because the compiler in it takes seconds: --help and bad options are answered at once.
  const { createSubjects } = await import("./fuzz/subjects.ts");
  for (const subject of (await createSubjects()).filter(({ name }) => names.includes(name))) {
    if (!(await fuzzOne(subject, options))) return 1;
  }
  return 0;
}

async function fuzzOne(subject: Subject, { seed, count = subject.usualCount, minutes }: FuzzOptions): Promise<boolean> {
  const { fuzz } = await import("./fuzz/fuzz.ts");
  const startedMs = performance.now();
  let toldMs = startedMs;
  const onProgress = (done: number): void => {
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    console.log(`${subject.name}: ${done} of ${count}`);
  };
  const result = fuzz(subject, { seed, count, onProgress, ...(minutes !== undefined && { forMs: minutes * MS_A_MINUTE }) });
  if (result.finding) return report(subject, seed, result);
  console.log(`${subject.name}: ${result.done} inputs of seed ${seed} read as they should be, in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  return true;
}

function report({ name }: Subject, seed: number, { finding }: FuzzResult): boolean {
  const { index, input, inputProblem } = finding!;
  console.error(`${name}: input ${index} of seed ${seed} is not read as it should be: ${inputProblem}`);
  console.error(`The shortest input that shows it has ${input.length} bytes, as JSON: ${JSON.stringify(input)}`);
  console.error(`Again: npm run fuzz -- ${name} --seed ${seed} --count ${index + 1}`);
  return false;
}

await runCommand(fuzzAll);
