import type { ServerCase } from "./cases.ts";
import type { Examination, Finding, RandomComparison, ServerFindings } from "./findings.ts";
import type { Judgement } from "./judge.ts";
import type { Manner } from "./messages.ts";

const MANNERS: readonly Manner[] = ["stock", "hardened"];
const HEAD = ["server", "client", "result", "as it should be", "request", "name sent (SNI)"];
const COMPARISONS: Record<RandomComparison, string> = {
  same: "THE SAME: its keys can be guessed",
  different: "different",
  "not measurable": "not measurable (on the virtual board's node engine Node chooses the random)",
  "not seen": "not seen",
};

/** The examination as a table for people, and what it came to. */
export function reportText({ board, servers, randoms }: Examination, { passed, reasons }: Judgement): string {
  return [
    `Board ${board.board}, Espruino ${board.version}. "stock" connects as the firmware does it, "hardened" as this project does.`,
    "",
    ...tableOf([HEAD, ...servers.flatMap(rowsOf)]),
    "",
    "ClientHello random after two boots:",
    ...MANNERS.map((manner) => `  ${manner.padEnd(8)}  ${COMPARISONS[randoms[manner]]}`),
    "",
    ...verdictLines(passed, reasons),
  ].join("\n");
}

function verdictLines(passed: boolean, reasons: string[]): string[] {
  if (passed) return ["Passed: hardened, this board accepts exactly the servers that it should, and nothing of a request reached another one."];
  return ["FAILED:", ...reasons.map((reason) => `  - ${reason}`)];
}

function rowsOf({ wanted, findings }: ServerFindings): string[][] {
  return MANNERS.map((manner, index) => {
    const finding = findings[manner];
    return [index === 0 ? wanted.title : "", manner, resultOf(finding), judgementOf(wanted, finding), requestOf(finding), nameOf(finding)];
  });
}

/** A refusal for another reason than the server's certificate says nothing about verification. */
function judgementOf({ refusals }: ServerCase, { accepted, code }: Finding): string {
  if (accepted !== (refusals.length === 0)) return "NO";
  return accepted || refusals.includes(code ?? "") ? "yes" : "unproven";
}

function resultOf({ accepted, code }: Finding): string {
  return accepted ? "accepted" : (code ?? "");
}

function requestOf({ connections, requestBytes }: Finding): string {
  return connections === 0 ? "-" : `${requestBytes} bytes`;
}

function nameOf({ connections, serverName }: Finding): string {
  return connections === 0 ? "-" : (serverName ?? "(none)");
}

function tableOf(rows: string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** The examination for scripts. */
export function reportJson({ board, servers, randoms }: Examination, judgement: Judgement): object {
  return {
    board,
    servers: servers.map(({ wanted, findings }) => ({
      id: wanted.id,
      host: wanted.host,
      shouldBeAccepted: wanted.refusals.length === 0,
      stock: jsonOf(findings.stock),
      hardened: jsonOf(findings.hardened),
    })),
    randoms,
    ...judgement,
  };
}

/** With null for what there is not, so that each key is always there. */
function jsonOf({ code = null, message = null, serverName = null, ...rest }: Finding | Record<keyof Finding, null>): object {
  return { ...rest, code, message, serverName };
}
