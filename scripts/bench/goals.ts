// What the client must reach, against the raw socket and the http module in the same run.
import { group } from "./measure.ts";
import { cellOf, type Results } from "./results.ts";
import type { SubjectName } from "./program.ts";

export interface Goal {
  goal: string;
  /** What was measured, for people. */
  figure: string;
  /** Undefined when it was not measured. */
  isMet: boolean | undefined;
}

/** What the client had reached when these were set, and a tenth more. */
const MOST_PEAK_ABOVE_FLOOR = { stream: 150, small: 260 };
/** A search for the peak is exact to so many blocks: what is received at once differs between runs. */
const PEAK_TOLERANCE = 8;
const VERIFICATION_INSTRUCTIONS = 18_000_000;

/** All goals with their figures. */
export function judgeGoals(results: Results): Goal[] {
  const work = (subject: SubjectName, job: string, secure: boolean): number | undefined => cellOf(results, subject, job, secure)?.work;
  const peak = (subject: SubjectName, job: string, secure: boolean): number | undefined => cellOf(results, subject, job, secure)?.peakBlocks;
  const wire = (secure: boolean): string => (secure ? "TLS" : "plain");
  const goals: Goal[] = [];
  for (const secure of [true, false]) {
    goals.push(atMost(`1 MB with a length, ${wire(secure)}: work, times the raw socket's`, ratio(work("client", "length-1m", secure), work("floor", "length-1m", secure)), secure ? 1.35 : 1.7));
    goals.push(atMost(`1 MB with a length, ${wire(secure)}: peak JsVars above the raw socket's`, difference(peak("client", "length-1m", secure), peak("floor", "length-1m", secure)), MOST_PEAK_ABOVE_FLOOR.stream));
    goals.push(steadyPeak(results, secure, peak("client", "length-1m", secure)));
    goals.push(atMost(`Chunks of 16 KB, ${wire(secure)}: work, times that with a length`, ratio(work("client", "chunks-16k", secure), work("client", "length-1m", secure)), 1.2));
    goals.push(atMost(`Chunks of 1 KB, ${wire(secure)}: work, times that with a length`, ratio(work("client", "chunks-1k", secure), work("client", "length-1m", secure)), 2.5));
    goals.push(atMost(`Chunks of 16 KB, ${wire(secure)}: work, times the http module's`, ratio(work("client", "chunks-16k", secure), work("http", "chunks-16k", secure)), 1));
    for (const job of ["get-200", "post-200"]) {
      const what = `${job === "get-200" ? "GET" : "POST"} 200 B, ${wire(secure)}`;
      goals.push(atMost(`${what}: JsVars left by the second request`, cellOf(results, "client", job, secure)?.leftBlocks?.second, 0));
      goals.push(atMost(`${what}: peak JsVars above the raw socket's`, difference(peak("client", job, secure), peak("floor", job, secure)), MOST_PEAK_ABOVE_FLOOR.small));
    }
  }
  goals.push(verificationGoal(results, work("client", "get-200", true)));
  return goals;
}

function verificationGoal({ unit, isVerified, unverifiedWork }: Results, verified: number | undefined): Goal {
  const isKnown = unit === "instructions" && isVerified;
  return atMost("Hardening and checking one TLS connection: instructions", isKnown ? difference(verified, unverifiedWork) : undefined, VERIFICATION_INSTRUCTIONS);
}

function steadyPeak({ peaksBySize }: Results, secure: boolean, middle: number | undefined): Goal {
  const peaks = peaksBySize?.[secure ? "tls" : "plain"] ?? {};
  const [small, large] = Object.values(peaks);
  const growth = difference(large, small);
  const goal = atMost(`1 MB with a length, ${secure ? "TLS" : "plain"}: peak JsVars of 10 MB above those of 100 KB`, growth, PEAK_TOLERANCE);
  return growth === undefined ? goal : { ...goal, figure: `${goal.figure} (${small}, 1 MB ${middle ?? "?"}, 10 MB ${large})` };
}

function atMost(what: string, value: number | undefined, limit: number): Goal {
  const show = (number: number): string => (Number.isInteger(number) || Math.abs(number) > 1_000 ? group(number) : number.toFixed(2));
  return { goal: `${what}: at most ${show(limit)}`, figure: value === undefined ? "not measured" : show(value), isMet: value === undefined ? undefined : value <= limit };
}

function ratio(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value / base;
}

function difference(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : value - base;
}
