import { z } from "zod";
import type { Answer } from "./questions.ts";

/** A line of the journal that the client keeps (modules/journal.ts), taken apart. */
export interface RequestEntry {
  /** When it ended, seconds since 1970 by the board's clock. */
  endedS: number;
  method: string;
  host: string;
  /** The status, or "CODE in phase". */
  end: string;
  /** Name of a phase -> milliseconds. */
  phasesMs: Record<string, number>;
  bodyBytes: number | undefined;
  /** "ca", "pin", "ca, pin", "false"; empty without TLS or an answer. */
  verified: string;
  notAfterS: number | undefined;
  issuer: string;
}

/** The journal names a phase by its first letter. */
const PHASES = ["queued", "dns", "connect", "handshake", "request", "first-byte", "body", "total"];

/** An entry of status().requests; undefined for what is none. */
export function readEntry(entry: string): RequestEntry | undefined {
  const [endedS, end, phases, bodyBytes, verified, notAfterS, method, host, issuer] = entry.split("\t");
  if (phases === undefined || end === undefined) return undefined;
  const phasesMs = [...phases.matchAll(/([a-z])(\d+)/g)].map(([, letter, ms]) => [PHASES.find((name) => name[0] === letter) ?? letter, Number(ms)]);
  return {
    endedS: Number(endedS), method: method || "GET", host: host || "?", end, phasesMs: Object.fromEntries(phasesMs) as Record<string, number>,
    bodyBytes: bodyBytes ? Number(bodyBytes) : undefined, verified: verified ?? "", notAfterS: notAfterS ? Number(notAfterS) : undefined, issuer: issuer ?? "",
  };
}

const number = z.number().nullish();
const text = z.string().nullish();

/** What src/telemetry.ts adds. */
const telemetrySchema = z.object({
  queued: z.number(), dropped: z.number(), delivered: z.number(), refused: z.number(), last: z.union([z.number(), z.string()]).nullish(),
});

/** What the kit's status() gives (modules/status.ts). */
const statusSchema = z.object({
  requests: z.array(z.string()),
  clock: z.object({ server: text, timeS: number, wasSet: z.boolean().nullish() }).nullish(),
  telemetry: telemetrySchema.nullish(),
});
const envSchema = z.object({ board: text, version: text });
const memorySchema = z.object({ usage: z.number(), total: z.number(), blocksize: number });
const wifiSchema = z.object({ status: text, ssid: text, rssi: number, ip: text, netmask: text, gateway: text, mac: text });

/** A question to the board, and how its answer is read. */
export interface Question<T> {
  expression: string;
  schema: z.ZodType<T>;
}

/**
 * The questions, each short, since a line costs the board memory while it is read. Of the WiFi never the whole getDetails(): it has
 * the password (2v29, ESP32). A function named status that is not the kit's is not called.
 */
export const QUESTIONS = {
  status: { expression: '"function"==typeof status&&(""+status).indexOf("requests")>0?status():null', schema: statusSchema.nullable() },
  env: { expression: "{board:process.env.BOARD,version:process.env.VERSION}", schema: envSchema },
  memory: { expression: "process.memory()", schema: memorySchema },
  heapBytes: { expression: "ESP32.getState().freeHeap", schema: z.number() },
  timeS: { expression: "getTime()", schema: z.number() },
  wifi: {
    expression: '(function(d,i){return{status:d.status,ssid:d.ssid,rssi:d.rssi,ip:i.ip,netmask:i.netmask,gateway:i.gw,mac:i.mac}})(require("Wifi").getDetails(),require("Wifi").getIP())',
    schema: wifiSchema,
  },
} as const;

export type Topic = keyof typeof QUESTIONS;

/** What the board says about itself; what it cannot say is missing. */
export type BoardFacts = { [topic in Topic]?: z.infer<(typeof QUESTIONS)[topic]["schema"]> };

/**
 * Asks the board about some topics, one after the other.
 * @returns undefined when the board does not answer
 */
export async function askFacts(ask: (expression: string) => Promise<Answer | undefined>, topics: readonly Topic[]): Promise<BoardFacts | undefined> {
  const facts: Record<string, unknown> = {};
  for (const topic of topics) {
    const { expression, schema } = QUESTIONS[topic];
    const answer = await ask(expression);
    if (answer === undefined) return undefined;
    const read = "value" in answer ? schema.safeParse(answer.value) : undefined;
    if (read?.success) facts[topic] = read.data;
  }
  return facts as BoardFacts;
}
