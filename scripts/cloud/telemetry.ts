import { z } from "zod";
import { jsonAnswer, type Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { checkHost, contentLength, headerValues, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type ServiceOptions, type Silence, type StrictServer, type WholeRequest } from "./strict-server.ts";

export const TELEMETRY_HOST = "telemetry.example.com";
export const TELEMETRY_PATH = "/readings";

/**
 * What becomes of one request: a status (the readings are not kept), no answer, the end of the connection in place of an answer, or
 * the same after the readings were kept.
 */
export type Mishap = number | Silence | "keep and hang up";

export interface TelemetryOptions extends ServiceOptions {
  /** What becomes of the first requests, one each; those after them are answered. */
  mishaps?: Mishap[];
  /** How long a connection waits for its next request. */
  keepAliveMs?: number;
  /** Answer whatever server name is asked for, or none: for firmware that cannot send the right one. Default false. */
  anyServerName?: boolean;
}

/** One record as it came. */
export type Reading = z.infer<typeof readingSchema>;

export interface Telemetry extends StrictServer {
  /** Each reading once, in the order in which they came first. */
  readonly readings: Reading[];
  /** Ids of readings that came again, each time. */
  readonly repeats: string[];
  /** What becomes of the next requests; tests may add to it. */
  readonly mishaps: Mishap[];
  /** Readings that it will never take: 422 for the whole request. */
  refuses: (reading: Reading) => boolean;
  /** The Retry-After of mishaps that are a status, in seconds; default: none. */
  retryAfterS: number | undefined;
}

/** Longer than the pause between two readings of `npm start`, and about what servers have. */
const KEEP_ALIVE_MS = 15_000;
const BODY_LIMIT_BYTES = 64 * 1024;
const READINGS_LIMIT = 100;
/** No board has an older clock that was set. */
const FIRST_TRUE_TIME_S = Date.UTC(2020, 0) / 1_000;

const readingSchema = z.strictObject({
  id: z.string().regex(/^[\w-]{1,64}$/),
  timeS: z.int().min(FIRST_TRUE_TIME_S),
  data: z.record(z.string(), z.unknown()),
});
const bodySchema = z.array(readingSchema).min(1).max(READINGS_LIMIT);

/**
 * Starts a stand-in for a service that takes readings: `POST /readings` with a JSON array of `{id, timeS, data}`, answered by
 * `{accepted, repeated}`. It drops readings whose id it has. 404 for another path, 405 for another method, 415 for another
 * Content-Type, 400 without an Idempotency-Key in quotes or for another body, 422 for a key that came with another body before
 * (draft-ietf-httpapi-idempotency-key-header 2.6), 413 for a long one. Connections stay open.
 */
export async function startTelemetry(issued: IssuedCertificate, options: TelemetryOptions = {}): Promise<Telemetry> {
  const { mishaps = [], keepAliveMs = KEEP_ALIVE_MS, anyServerName, ...others } = options;
  const service = new Readings([...mishaps]);
  const server = await startStrictServer({
    ...others, name: "telemetry", issued, keepAliveMs, onlyServerName: anyServerName ? undefined : TELEMETRY_HOST, checkHead,
    answer: (request) => service.answer(request),
  });
  return Object.assign(service, server);
}

class Readings {
  readonly readings: Reading[] = [];
  readonly repeats: string[] = [];
  readonly mishaps: Mishap[];
  refuses: (reading: Reading) => boolean = () => false;
  retryAfterS: number | undefined;
  readonly #ids = new Set<string>();
  readonly #bodies = new Map<string, string>();

  constructor(mishaps: Mishap[]) {
    this.mishaps = mishaps;
  }

  answer({ head, body }: WholeRequest): Answer | Silence {
    const mishap = this.mishaps.shift();
    const readings = parseBody(body);
    this.#checkKey(head, body.toString("latin1"));
    if (typeof mishap === "number") throw new RequestError(mishap, "A mishap on purpose", "mishap", this.#retryAfter());
    if (mishap === "no answer" || mishap === "hang up") return mishap;
    if (readings.some((reading) => this.refuses(reading))) throw new RequestError(422, "A reading is refused on purpose");
    const accepted = readings.filter((reading) => this.#keep(reading)).length;
    return mishap ? "hang up" : jsonAnswer(200, { accepted, repeated: readings.length - accepted });
  }

  #checkKey(head: RequestHead, body: string): void {
    const [key, ...more] = headerValues(head, "idempotency-key");
    if (more.length > 0 || !/^"[!#-[\]-~]+"$/.test(key ?? "")) throw new RequestError(400, "Idempotency-Key is missing, or no string in quotes");
    const before = this.#bodies.get(key!) ?? body;
    if (before !== body) throw new RequestError(422, `Idempotency-Key ${key} came with another body before`);
    this.#bodies.set(key!, body);
  }

  #retryAfter(): Record<string, string> {
    return this.retryAfterS === undefined ? {} : { "Retry-After": String(this.retryAfterS) };
  }

  /** Gives whether it is new. */
  #keep(reading: Reading): boolean {
    const isNew = !this.#ids.has(reading.id);
    this.#ids.add(reading.id);
    if (isNew) this.readings.push(reading);
    else this.repeats.push(reading.id);
    return isNew;
  }
}

function checkHead(head: RequestHead): number {
  checkHost(head, TELEMETRY_HOST);
  if (head.target !== TELEMETRY_PATH) throw new RequestError(404, "Nothing is here", "not_found");
  if (head.method !== "POST") throw new RequestError(405, `${head.method} is not allowed`, "invalid_request", { Allow: "POST" });
  const [type] = headerValues(head, "content-type");
  if (type !== "application/json") throw new RequestError(415, `Content-Type is ${JSON.stringify(type) ?? "missing"}, not application/json`);
  const length = contentLength(head);
  if (length > BODY_LIMIT_BYTES) throw new RequestError(413, `Body is longer than ${BODY_LIMIT_BYTES} bytes`);
  return length;
}

function parseBody(body: Buffer): Reading[] {
  const parsed = bodySchema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequestError(400, `Body is not as expected: ${issue?.path.join(".") || "all"}: ${issue?.message}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new RequestError(400, `Body of ${body.length} bytes is not JSON in UTF-8`);
  }
}
