import { hintFor } from "../hints.ts";
import { asText } from "../espruino-cli/board-line.ts";
import { printable } from "../terminal/board-output.ts";
import { readEntry, type BoardFacts, type RequestEntry } from "./board-facts.ts";

const LABEL_WIDTH = 10;
/** The board's clock starts here; nothing of ours is older. */
const FIRST_TRUE_TIME_S = Date.UTC(2020, 0) / 1000;
const NO_PROGRAM = "No program of this project runs here: it has no status(). What the firmware itself says:";

/** The whole picture, for `.status`. */
export function statusText(facts: BoardFacts): string[] {
  return [
    ...(facts.status ? [] : [NO_PROGRAM]),
    labelled("board", `${shown(facts.env?.board) || "unknown"}, Espruino ${shown(facts.env?.version) || "of unknown version"}`),
    ...wifiText(facts),
    labelled("clock", clockText(facts)),
    ...memoryText(facts),
    ...telemetryText(facts),
    ...(facts.status ? requestsText(facts) : []),
  ];
}

/** For `.wifi` and as part of the whole. */
export function wifiText({ wifi }: BoardFacts): string[] {
  if (!wifi) return [labelled("wifi", "none: this firmware has no Wifi module, or it does not answer")];
  const network = wifi.ssid ? `"${shown(wifi.ssid)}"` : "no network";
  const address = wifi.ip && wifi.ip !== "0.0.0.0" ? `address ${shown(wifi.ip)}` : "no address";
  const details = [
    wifi.rssi ? `${wifi.rssi} dBm` : "",
    wifi.gateway ? `gateway ${shown(wifi.gateway)}` : "",
    wifi.mac ? `MAC ${shown(wifi.mac)}` : "",
  ];
  return [labelled("wifi", [`${network}, ${shown(wifi.status) || "unknown"}`, address, ...details.filter(Boolean)].join(", "))];
}

/** For `.mem` and as part of the whole. */
export function memoryText({ memory, heapBytes }: BoardFacts): string[] {
  const variables = memory
    ? `${memory.usage} of ${memory.total} variables in use (${Math.round((100 * memory.usage) / memory.total)} %)${memory.blocksize ? `, ${memory.blocksize} bytes each` : ""}`
    : "unknown";
  const heap = heapBytes === undefined ? "" : `; C heap ${heapBytes} bytes free, of which TLS needs about 40000`;
  return [labelled("memory", variables + heap)];
}

function telemetryText({ status }: BoardFacts): string[] {
  if (!status?.telemetry) return [];
  const { delivered, queued, refused, dropped, last } = status.telemetry;
  const answer = last === undefined || last === null ? "" : `, last answer ${shown(String(last))}`;
  return [labelled("readings", `${delivered} delivered, ${queued} queued, ${refused} refused, ${dropped} dropped${answer}`)];
}

/** For `.requests` and as part of the whole: the newest last. */
export function requestsText({ status }: BoardFacts): string[] {
  if (!status) return [NO_PROGRAM.replace(/ What.*/, "")];
  const entries = status.requests.map(readEntry).filter((entry) => entry !== undefined);
  if (entries.length === 0) return [labelled("requests", "none so far")];
  return [labelled("requests", `the last ${entries.length === 1 ? "one" : entries.length}, the newest at the end`), ...entries.flatMap(entryText)];
}

function entryText(entry: RequestEntry): string[] {
  const bytes = entry.bodyBytes === undefined ? "" : `, ${entry.bodyBytes} bytes`;
  const hint = hintFor(entry.end.split(" ")[0] ?? "");
  return [
    `  ${timeOfDay(entry.endedS)}  ${shown(entry.method)} ${shown(entry.host)}: ${shown(entry.end)}${bytes}`,
    ...tlsText(entry).map((line) => `            ${line}`),
    `            ${phasesText(entry.phasesMs)}`,
    ...(hint ? [`            hint: ${hint}`] : []),
  ];
}

function tlsText({ verified, issuer, notAfterS }: RequestEntry): string[] {
  if (verified === "") return [];
  if (verified === "false") return ["TLS without verification: anyone could have answered"];
  const expiry = notAfterS === undefined ? "" : `, certificate until ${new Date(notAfterS * 1000).toISOString().slice(0, 10)}`;
  return [`verified by ${shown(verified)}${issuer ? `, issued by "${shown(issuer)}"` : ""}${expiry}`];
}

function phasesText(phasesMs: Record<string, number>): string {
  return `${Object.entries(phasesMs).map(([phase, ms]) => `${phase} ${ms}`).join(", ")} ms`;
}

function clockText({ timeS, status }: BoardFacts): string {
  if (timeS === undefined) return "unknown";
  if (timeS < FIRST_TRUE_TIME_S) return "not set";
  const clock = status?.clock;
  const origin = clock?.server ? `, by ${shown(clock.server)}${clock.wasSet ? ", which set it" : ", was right"}` : "";
  return `${new Date(timeS * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC${origin}`;
}

function timeOfDay(timeS: number): string {
  return timeS < FIRST_TRUE_TIME_S ? "--:--:--" : new Date(timeS * 1000).toISOString().slice(11, 19);
}

function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

/** Text of the board, which may be a server's: bytes, which nothing in them can steer the terminal with. */
function shown(text: string | null | undefined): string {
  return printable(asText(text ?? "").replace(/[\t\n]/g, " "));
}
