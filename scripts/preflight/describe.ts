import { printable } from "../certificates/pem-file.ts";
import type { Board } from "./boards.ts";
import { protocolName } from "./names.ts";
import { describeAnswer } from "./judge-answer.ts";
import type { AnswerFacts, PreflightReport } from "./report.ts";
import type { Outcome, Verdict } from "./verdict.ts";

const WORDS: Record<Outcome, string> = { works: "yes", fails: "NO", needs: "NOT YET", unknown: "NOT KNOWN" };
const LABEL_WIDTH = 16;
const WIDTH = 110;

/** A report for a person, line by line. */
export function describeReport(report: PreflightReport, board: Board): string[] {
  const { minVersion, maxVersion } = board.offer;
  const versions = minVersion === maxVersion ? protocolName(maxVersion) : `${protocolName(minVersion)} to ${protocolName(maxVersion).slice(4)}`;
  return [
    `${report.url} from ${board.title} (${board.library}; ${versions})`,
    "",
    ...verdicts(report),
    "",
    ...connectionLines(report),
    ...rootLines(report),
    ...memoryLines(report),
    ...answerLines(report),
    ...report.peculiarities.flatMap(({ name, text }) => labelled("Known service", `${name}. ${text}`)),
    ...report.notes.flatMap((note) => labelled("Note", note)),
  ].map(printable).map((line) => line.trimEnd());
}

function verdicts({ stock, project }: PreflightReport): string[] {
  if (stock.text === project.text) return verdictLines("any firmware", project);
  return [...verdictLines("stock firmware", stock), ...verdictLines("this project", project)];
}

function verdictLines(who: string, { outcome, code, text, advice }: Verdict): string[] {
  return [
    ...labelled(who, `${WORDS[outcome]}${code ? ` [${code}]` : ""}. ${text}`),
    ...advice.flatMap((each) => labelled("", `-> ${each}`)),
  ];
}

function connectionLines({ connection, chain, daysLeft, memory }: PreflightReport): string[] {
  const [leaf] = chain ?? [];
  if (!connection || !leaf) return [];
  const how = [connection.version, connection.suite, connection.curve].filter(Boolean).join(", ");
  const until = `until ${leaf.validTo.slice(0, 10)} (${daysLeft} days)`;
  return [
    ...labelled("Connection", how),
    ...labelled("Certificate", `${leaf.name}, ${leaf.key}, ${until}; ${chain!.length === 1 ? "sent alone" : `${chain!.length} sent`}, ` +
      `${bytes(memory!.chainBytes)}`),
  ];
}

function rootLines({ root }: PreflightReport): string[] {
  if (!root) return [];
  const what = `${root.name} (${root.isRoot ? "root" : "intermediate"}, ${root.key}, ${bytes(root.bytes)}, until ${root.validTo.slice(0, 10)})`;
  return root.importLine
    ? [...labelled("Embed", `${what}, which is in certs/:`), ...labelled("", root.importLine)]
    : [...labelled("Embed", `${what}. It is not in certs/ yet:`), ...labelled("", root.addCommand)];
}

function memoryLines({ memory }: PreflightReport): string[] {
  if (!memory) return [];
  const { neededBytes, freeBytes, savings } = memory;
  const fit = neededBytes > freeBytes ? "that may not fit" : savings.length > 0 ? "that is tight" : "that fits";
  return [
    ...labelled("Memory", `about ${bytes(neededBytes)} for the connection, of about ${bytes(freeBytes)}: ${fit} (a rule of thumb, docs/preflight.md).`),
    ...savings.flatMap((each) => labelled("", `-> ${each}`)),
  ];
}

function answerLines({ http }: PreflightReport): string[] {
  if (!http) return [];
  const young = http["1.1"];
  return [
    ...labelled("Answer", describeAnswer(withHeaders(http["1.0"]), "HTTP/1.0, as the client asks")),
    ...(young ? labelled("", describeAnswer(withHeaders(young), "HTTP/1.1")) : []),
  ];
}

function withHeaders(facts: AnswerFacts): Parameters<typeof describeAnswer>[0] {
  return { ...facts, headers: facts.contentEncoding ? { "content-encoding": facts.contentEncoding } : {} };
}

/** A label, and the text beside it, wrapped. */
function labelled(label: string, text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH - LABEL_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, i) => (i === 0 ? label : "").padEnd(LABEL_WIDTH) + line);
}

function bytes(count: number): string {
  return `${count.toLocaleString("en-US")} bytes`;
}
