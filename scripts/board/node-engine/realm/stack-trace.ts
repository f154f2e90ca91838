/** One step of a stack trace, innermost first. */
export interface StackStep {
  functionName: string | undefined;
  /** "REPL", or the name of the Storage file. */
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
}

const MARK = "program:";

/** The file name under which the engine compiles script number `index`, so that its steps can be told from ours. */
export function stackFileName(index: number): string {
  return MARK + String(index);
}

/** The `stack` of the firmware's errors: each line begins with "    at " and ends with a line end. */
export function formatStack(steps: readonly StackStep[]): string {
  return steps.map(formatStep).join("");
}

/** A file's name stands before the step's line only inside functions: the outermost step is called by it. */
function formatStep({ functionName, file, line, column }: StackStep): string {
  const place = functionName && file !== "REPL" ? file : "";
  return `    at ${functionName ?? file} (${place}:${line}:${column})\n`;
}

interface CallSite {
  getFunctionName(): string | null;
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** Makes the realm's errors carry the firmware's kind of stack. Handed to the realm as text. */
export function prepareStack(format: (steps: StackStep[]) => string): void {
  const prepare = (_error: unknown, sites: CallSite[]) =>
    format(
      sites
        .filter((site) => (site.getFileName() ?? "").startsWith("program:"))
        .map((site) => ({
          functionName: site.getFunctionName() ?? undefined,
          file: site.getFileName()!.slice("program:".length),
          line: site.getLineNumber() ?? 1,
          column: site.getColumnNumber() ?? 1,
        })),
    );
  Object.defineProperty(Error, "prepareStackTrace", { value: prepare, writable: true, configurable: true });
  Object.defineProperty(Error, "stackTraceLimit", { value: 10, writable: true, configurable: true });
}
