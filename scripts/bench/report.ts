// bench/RESULTS.md: what was measured, as tables for people.
import { judgeGoals } from "./goals.ts";
import { JOBS } from "./jobs.ts";
import { group } from "./measure.ts";
import { SUBJECTS, type SubjectName } from "./program.ts";
import { cellOf, type Results } from "./results.ts";
import type { Cell } from "./cells.ts";

/** The whole file. */
export function reportOf(results: Results): string {
  return [
    "# What a request costs on the interpreter",
    "Written by `npm run bench`; [how to read it](../docs/bench.md). [What was tried](LOG.md). ![Work and memory by job](results.svg)",
    machineText(results),
    "## Goals",
    goalTable(results),
    ...[false, true].flatMap((secure) => [`## ${secure ? "TLS" : "Plain TCP"}`, ...tables(results, secure)]),
  ].join("\n\n") + "\n";
}

function machineText({ machine, unit, isVerified }: Results): string {
  const rows = [
    ["computer", `${machine.cpu}, ${machine.cores} cores, node ${machine.node}`],
    ["interpreter", `Espruino ${machine.espruino}, ${machine.build}, mbedTLS ${machine.mbedtls}`],
    ["work", `${unit}${machine.valgrind ? `, ${machine.valgrind}` : ""}`],
    ["over TLS", isVerified ? "this project verifies the server, the others do not" : "nobody verifies the server: peek and poke of this interpreter do not reach RAM"],
    ["revision", `${machine.revision}, ${machine.date}`],
  ];
  return table(["", ""], rows);
}

function goalTable(results: Results): string {
  const rows = judgeGoals(results).map(({ goal, figure, isMet }) => [goal, figure, isMet === undefined ? "?" : isMet ? "met" : "**not met**"]);
  return table(["goal", "figure", ""], rows);
}

function tables(results: Results, secure: boolean): string[] {
  const isCounted = results.unit === "instructions";
  const work = (cell: Cell): string => (cell.work === undefined ? "-" : isCounted ? (cell.work / 1e6).toFixed(2) : cell.work.toFixed(0));
  return [
    `Work of one request, ${isCounted ? "millions of instructions" : "CPU milliseconds"} (in brackets: times the raw socket's, times the http module's)`,
    jobTable(results, secure, (cell) => `${work(cell)}${ratios(results, cell)}`),
    "JsVars above idle at the peak",
    jobTable(results, secure, (cell) => String(cell.peakBlocks ?? "-")),
    "JsVars left by the second request beyond the first, and by the sixth beyond the fifth",
    jobTable(results, secure, ({ leftBlocks }) => `${leftBlocks?.second}, ${leftBlocks?.last}`),
    "Wall time, ms",
    jobTable(results, secure, ({ wallMs }) => wallMs!.toFixed(1)),
    "Bytes on the wire, sent and received",
    jobTable(results, secure, ({ wire }) => `${group(wire!.sent)}, ${group(wire!.received)}`),
  ];
}

function ratios(results: Results, cell: Cell): string {
  const others = (["floor", "http"] as const).map((subject) => cellOf(results, subject, cell.job, cell.secure)?.work);
  if (cell.subject === "floor" || cell.work === undefined) return "";
  return ` (${others.map((other) => (other === undefined ? "-" : (cell.work! / other).toFixed(2))).join(", ")})`;
}

/** A row for each job. What a subject cannot do stands where its figure would be. */
function jobTable({ cells }: Results, secure: boolean, show: (cell: Cell) => string): string {
  const subjects = SUBJECTS.filter(({ name }) => cells.some(({ subject }) => subject === name));
  const find = (subject: SubjectName, job: string): Cell | undefined => cells.find((cell) => cell.subject === subject && cell.job === job && cell.secure === secure);
  const text = (cell: Cell | undefined): string => (cell === undefined ? "-" : cell.check.works ? show(cell) : cell.check.reason);
  const jobs = JOBS.filter(({ name }) => cells.some(({ job }) => job === name));
  return table(["", ...subjects.map(({ title }) => title)], jobs.map((job) => [job.title, ...subjects.map(({ name }) => text(find(name, job.name)))]));
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
