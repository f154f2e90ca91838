// JSON texts against the streaming JSON reader.
import { isDeepStrictEqual } from "node:util";
import { FORMS, type BuiltModules, type JsonModule } from "./built-modules.ts";
import { cutSomewhere, mutate } from "./mutate.ts";
import { randomSource, type RandomSource } from "./random-source.ts";
import { broken, problemOf, type Subject } from "./subject.ts";

const WORDS = [
  ",", "[", "]", "{", "}", "\"", "\\", ":", "0", "1", "-", ".", "e", "E+", "t", " ", "\n", "\r", "\t", "\x01", "\x0b", "\x7f", "\xff", "\xc3\xa9", "null", "true", "'", "/**/", "//\n",
  "\\u00e9", "\\ud83d", "\\ude00", "\\u0022", "\\u12", "\\/", "\\x", "[]", "{}", "1.5", "-0", "01", "1e5", "12345678901234567890", "\": ", "\",\"", "\\\": ", "{\"\":", "\"a\":", "\"__proto__\":", "NaN",
];
const NAMES = ["a", "b", "", "state", "a b", "x\\\"y", "0"];
const PATHS: (string | string[])[][] = [[[]], [], ["a"], ["s"], ["a.b", "a.0"], ["skip.it"], ["skip.it.a", "a.b.0"]];
// Long enough on both sides for the reader to check many bytes at once.
const BEFORE = `{"skip":{"list":[${"\"element\",".repeat(12)}{"k":"v"}],"numbers":[1,22,-3,4.5],"name":"${"x".repeat(60)}","it":`;
const AFTER = `,"more":{"a":"b","c":[{"d":"e"},{"f":"g"}]},"text":"[, \\" }","end":null},"s":1}`;
const DEEPEST = 4;
/** How many of the inputs of up to so many bytes are also read byte by byte, which takes longest. */
const BY_BYTE_SHARE = 0.2;
const EXHAUSTIVE_BYTES = 1_000;

export function jsonSubject({ json }: Pick<BuiltModules, "json">): Subject {
  return { name: "json", usualCount: 200_000, make: makeText, check: (input, seed) => problemOf(() => checkText(json, input, seed)) };
}

function makeText(random: RandomSource): string {
  const text = mutate(valueText(random, 0, random.pick(["", "", " ", "\n  "])), WORDS, random);
  return random.share() < 0.5 ? text : BEFORE + text + AFTER;
}

/** A JSON text, with `blank` between its tokens. */
function valueText(random: RandomSource, depth: number, blank: string): string {
  const kind = random.below(depth < DEEPEST ? 4 : 2);
  if (kind === 0) return random.pick(["0", "-1.5e3", "1e5", "12345678901234567890", "true", "false", "null", "1.0"]);
  if (kind === 1) return `"${random.pick(["", "a", "x y", "\\n", "\\u20ac", "\\ud83d\\ude00", "\xe9", "a\\\\", "[{,:}]", "\\\": ", "/"]).repeat(1 + random.below(3))}"`;
  const items = Array.from({ length: random.below(4) }, () => blank + valueText(random, depth + 1, blank));
  if (kind === 2) return `[${items.join(`${blank},`)}${blank}]`;
  return `{${items.map((item) => `${blank}"${random.pick(NAMES)}":${item}`).join(",")}${blank}}`;
}

function checkText(readers: BuiltModules["json"], input: string, seed: number): void {
  const random = randomSource(seed);
  const paths = random.pick(PATHS);
  const pieces = cutSomewhere(input, random);
  const isByByte = input.length <= EXHAUSTIVE_BYTES && random.share() < BY_BYTE_SHARE;
  const first = read(readers.plain, paths, [input]);
  checkVerdict(first, input, paths);
  for (const form of FORMS) {
    compare(first, read(readers[form], paths, pieces), `${form}, in ${pieces.length} pieces`);
    if (isByByte) compare(first, read(readers[form], paths, [...input]), `${form}, byte by byte`);
  }
}

interface Events {
  values: [path: string | string[], value: unknown][];
  end: string;
}

function read({ createJsonReader }: JsonModule, paths: (string | string[])[], pieces: string[]): Events {
  const events: Events = { values: [], end: "" };
  const end = (how: string): void => {
    if (events.end !== "") broken(`${how} after ${events.end}`);
    events.end = how;
  };
  const reader = createJsonReader({
    paths,
    onValue(path, value) {
      if (events.end !== "") broken("a value after the end");
      events.values.push([path, value]);
    },
    onEnd: () => end("end"),
    onError: ({ code, offset }) => end(`${code} at ${offset}`),
  });
  for (const piece of pieces) reader.push(piece);
  reader.close();
  if (events.end === "") broken("no end");
  return events;
}

/** A text is JSON when JSON.parse of this computer says so, and the whole of it is worth the same. */
function checkVerdict({ values, end }: Events, input: string, paths: (string | string[])[]): void {
  if (end.startsWith("E_JSON_LIMIT")) return;
  const parsed = parse(input);
  if ((end === "end") !== (parsed !== undefined)) broken(`it ends in ${end}, and JSON.parse ${parsed ? "takes" : "refuses"} it`);
  const isWhole = paths.length === 1 && Array.isArray(paths[0]);
  if (!parsed || !isWhole || /__proto__|\\u005f/i.test(input) || (/\\u/.test(input) && /[\x80-\xff]/.test(input))) return;
  const expected = /\\u/.test(input) ? asBytes(parsed.value) : parsed.value;
  if (values.length !== 1 || JSON.stringify(values[0]![1]) !== JSON.stringify(expected)) broken(`it is worth ${JSON.stringify(values)}, and not ${JSON.stringify(expected)}`);
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** As on a board: every text as the bytes of its UTF-8. */
function asBytes(value: unknown): unknown {
  if (typeof value === "string") return Buffer.from(value).toString("latin1");
  if (Array.isArray(value)) return value.map(asBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [asBytes(name), asBytes(each)]));
}

function compare(one: Events, other: Events, how: string): void {
  const [a, b] = [one, other].map(({ values, end }) => [JSON.stringify(values), end]);
  if (!isDeepStrictEqual(a, b)) broken(`${how} it gives ${b!.join(" ")}, in one piece ${a!.join(" ")}`);
}
