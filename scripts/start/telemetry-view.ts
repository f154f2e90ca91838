import { TELEMETRY_HOST, type Telemetry } from "../cloud/telemetry.ts";

/** What is known of a delivery so far, from what the board prints. */
export interface Progress {
  delivered: number;
  queued: number;
  /** The last answer's status, or the error. */
  last: string;
}

const READING = /^Reading \d+: .*, (\d+) queued$/;
const DELIVERED = /^Delivered (\d+), (\d+) queued, (\S+)$/;
const NOT_DELIVERED = /^Not delivered: (E_\w+ in [\w-]+: .*), (\d+) queued, again in \d+ ms$/;

/** Follows the lines of src/telemetry.ts; one that says nothing of the delivery changes nothing. */
export function follow(progress: Progress, line: string): Progress {
  const [, queued] = READING.exec(line) ?? [];
  if (queued !== undefined) return { ...progress, queued: Number(queued) };
  const [, delivered, left, status] = DELIVERED.exec(line) ?? [];
  if (delivered !== undefined) return { delivered: Number(delivered), queued: Number(left), last: status! };
  const [, error, waiting] = NOT_DELIVERED.exec(line) ?? [];
  return error === undefined ? progress : { ...progress, queued: Number(waiting), last: error };
}

/** For the live line. */
export function describeProgress({ delivered, queued, last }: Progress, readings: number): string {
  const goal = readings === 0 ? "" : ` of ${readings}`;
  return `    ${delivered}${goal} delivered, ${queued} queued${last === "" ? "" : `, last answer: ${last}`}`;
}

/** What the stand-in has, in words; nothing when it was never met. */
export function describeReceived({ readings, repeats, requests }: Telemetry): string[] {
  if (requests.length === 0) return [];
  const handshakes = new Set(requests.map(({ connection }) => connection)).size;
  return [`The server ${TELEMETRY_HOST} has ${count(readings.length, "reading")}, ${repeats.length} came again; ${count(requests.length, "request")} over ${count(handshakes, "TLS handshake")}`];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
