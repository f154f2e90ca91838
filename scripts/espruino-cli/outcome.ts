/** How a program on the board ended, by the last line it prints. */
export type Outcome = { isDone: true } | { isDone: false; code: string; phase: string; message: string };

/** Reads `=== done` or `=== failed CODE in PHASE: MESSAGE`; any other line gives undefined. */
export function parseOutcome(line: string): Outcome | undefined {
  if (line === "=== done") return { isDone: true };
  const failed = /^=== failed (\S+) in (\S+): (.*)$/.exec(line);
  if (!failed) return undefined;
  const [, code = "", phase = "", message = ""] = failed;
  return { isDone: false, code, phase, message };
}
