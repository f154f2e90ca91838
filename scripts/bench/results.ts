import type { Cell } from "./cells.ts";
import type { Machine } from "./machine.ts";
import type { WorkUnit } from "./measure.ts";
import type { SubjectName } from "./program.ts";

/** One run of the whole bench, as bench/results.json has it. */
export interface Results {
  machine: Machine;
  unit: WorkUnit;
  /** Whether the client verified the server. */
  isVerified: boolean;
  cells: Cell[];
  /** JsVars at the peak of this project's stream, by bytes of the body. */
  peaksBySize: { plain: Record<number, number | undefined>; tls: Record<number, number | undefined> } | undefined;
  /** Work of GET 200 B over TLS without verification. */
  unverifiedWork: number | undefined;
}

/** Finds a cell; undefined when it was not measured or the subject cannot do the job. */
export function cellOf({ cells }: Results, subject: SubjectName, job: string, secure: boolean): Cell | undefined {
  return cells.find((cell) => cell.subject === subject && cell.job === job && cell.secure === secure && cell.check.works);
}
