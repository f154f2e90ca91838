import type { UploadEnd } from "../espruino-cli/upload.ts";
import { INTERRUPTED_EXIT_CODE } from "./command.ts";

/** What a run came to, in words and as exit code: 0 only for a program that said `=== done`. */
export interface Verdict {
  text: string;
  exitCode: number;
}

/** Judges the end of an upload. */
export function verdictOn(app: string, end: UploadEnd): Verdict {
  const { outcome, uncaught, failure } = end;
  if (outcome?.isDone) return { text: `${app} is done.`, exitCode: 0 };
  if (outcome) return failed(`${app} failed: ${outcome.code} in ${outcome.phase}: ${outcome.message}`);
  if (uncaught) return failed(`${app} stopped while it was loaded: ${uncaught}`);
  if (end.timedOut) return failed(`${app} did not say how it ended (=== done or === failed) in time.${lastTrouble(end.output)}`);
  if (failure?.kind === "interrupted") return { text: "Interrupted.", exitCode: INTERRUPTED_EXIT_CODE };
  return failed(failure?.message ?? `${app} ended without saying how.`);
}

/** A program that never gives up goes on trying: what it met last is why it did not end. */
function lastTrouble(output: string[]): string {
  const trouble = output.findLast((line) => /\bE_[A-Z0-9_]+ in [a-z-]+: /.test(line));
  return trouble === undefined ? "" : ` The last trouble it told: ${trouble}`;
}

function failed(text: string): Verdict {
  return { text, exitCode: 1 };
}
