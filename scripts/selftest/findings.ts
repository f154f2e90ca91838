import { SERVER_CASES, type ServerCase } from "./cases.ts";
import type { AttemptResult, BoardFacts, Manner } from "./messages.ts";
import type { Meeting } from "./recording-server.ts";
import type { TestServers } from "./test-servers.ts";

/** Stands for an error code where the program broke off before. */
export const NO_RESULT = "no result";

/** What came of the connections to one server in one manner: the board's word, and what the server saw. */
export interface Finding {
  accepted: boolean;
  /** The error code of the refusal, or NO_RESULT. */
  code: string | undefined;
  message: string | undefined;
  /** TLS connections that the server met: a refusal may be followed by a second one that asks for the reason. */
  connections: number;
  /** SNI of the first connection. */
  serverName: string | undefined;
  /** Application bytes that the server got, in all connections. */
  requestBytes: number;
}

export interface ServerFindings {
  wanted: ServerCase;
  findings: Record<Manner, Finding>;
}

/** Whether two boots began their first connection with the same random. */
export type RandomComparison = "same" | "different" | "not measurable" | "not seen";

export interface Examination {
  board: BoardFacts;
  servers: ServerFindings[];
  randoms: Record<Manner, RandomComparison>;
  /** Why the program did not come to its end, in either run. */
  breakdowns: string[];
}

/** RFC 5246 7.4.1.2: the first four bytes are the time, on builds whose mbedTLS knows it; they would differ in any case. */
const TIME_BYTES = 4;
/** What the node engine calls its firmware: there Node chooses the random. */
const NODE_ENGINE_COMMIT = "virtual";

/** The node engine's board can be told by its facts alone, wherever its console is. */
export function isNodeEngine({ commit }: BoardFacts): boolean {
  return commit === NODE_ENGINE_COMMIT;
}

/** Joins what the board said and what the servers saw. An attempt that the board said nothing of counts as not accepted. */
export function collectFindings(results: AttemptResult[], servers: TestServers): ServerFindings[] {
  return SERVER_CASES.map((wanted) => {
    const find = (manner: Manner): Finding =>
      findingOf(results.find((result) => result.server === wanted.id && result.manner === manner), servers.meetings(wanted, manner));
    return { wanted, findings: { stock: find("stock"), hardened: find("hardened") } };
  });
}

function findingOf(result: AttemptResult | undefined, meetings: readonly Meeting[]): Finding {
  return {
    accepted: result !== undefined && result.code === undefined,
    code: result ? result.code : NO_RESULT,
    message: result?.message,
    connections: meetings.length,
    serverName: meetings[0]?.serverName,
    requestBytes: meetings.reduce((sum, { requestBytes }) => sum + requestBytes, 0),
  };
}

/** Compares what two boots began with, without the time in it. */
export function compareRandoms(one: Meeting | undefined, other: Meeting | undefined): RandomComparison {
  if (!one || !other) return "not seen";
  return one.random.subarray(TIME_BYTES).equals(other.random.subarray(TIME_BYTES)) ? "same" : "different";
}
