// Reads JSON (RFC 8259) while it streams by, in any pieces, and gives only the values at chosen paths. What is wanted is copied
// token by token; everything else is checked and dropped. What is reported depends on the bytes alone, never on how they were cut.
//
//   Value | FirstValue -> (Text | word | container) -> ObjectNext | ArrayNext | End
//   FirstKey | Key -> Text -> Colon -> Value
//
// A statement costs this interpreter as much as 20 bytes cost its native functions, a token about 450,000 instructions. So where nothing
// is wanted it leaps: some hundred bytes are checked by a few native calls. 5,000 instructions a byte, against 20,000 token by token
// and 24,000 for nothing but a loop over characters (2v29, x86-32; a status of GitHub).
import { makeError } from "./errors";
import type { BoardError } from "./errors";
import { isHarmless } from "./json-object";
import { withDefaults } from "./limits";
import { utf8 } from "./text";

/** Names joined by dots, "state.desired.temp", or a list of names. An array's elements are named "0", "1", ... */
export type JsonPath = string | (string | number)[];

/** Limits of the JSON reader, in the units of their names. */
export const JSON_LIMITS = {
  // Documents nest 5 to 10 deep. JSON.parse, which reads what is wanted, goes one C frame deeper for each level and does
  // not look at its stack: 15,000 bytes on an ESP32-C3, for the program's own calls too (2v29).
  depth: 32,
  // 410 of an ESP32's 16,383 JsVars as text, and about as many as a value. AWS IoT's own limit for a shadow's state is 8 KB.
  valueBytes: 4096,
};

export interface JsonReaderOptions {
  paths: JsonPath[];
  limits?: Partial<typeof JSON_LIMITS> | undefined;
  /** Called with the path as it was given, when the last byte of the value has come. */
  onValue(path: JsonPath, value: any): void;
  onEnd?(): void;
  onError(error: BoardError): void;
}

export interface JsonReader {
  /** Takes the next bytes of the text. */
  push(bytes: string): void;
  /** Tells that there are no more. */
  close(): void;
}

// Those before a value come first, those before a key next.
const enum Expect {
  Value,
  FirstValue,
  FirstKey,
  Key,
  Colon,
  ObjectNext,
  ArrayNext,
  End,
  Text,
  Over,
}

interface Goal {
  given: JsonPath;
  names: string[];
}

// A container on the way to a wanted value.
interface Level {
  goals: Goal[];
  /** Of the member that is being read; undefined when its name is too long to be one that is wanted. */
  member: string | undefined;
  /** Of an array's element. */
  index: number;
}

// A wanted value that is being copied.
interface Want {
  goals: Goal[];
  /** Where it starts in the copy. */
  from: number;
  depth: number;
}

interface Unlike {
  pattern: RegExp;
  put: string;
  /** Between tokens: JSON.parse is to read it, only the comparison is without. */
  isLayout: boolean;
}

interface Reader extends JsonReader {
  client: JsonReaderOptions;
  bounds: typeof JSON_LIMITS;
  expect: Expect;
  /** What has come and is not read yet, from `at`; `base` is the offset of its first byte in the whole text. */
  pending: string;
  at: number;
  base: number;
  /** The open containers: "{[{". */
  open: string;
  /** One for each open container, and one more for the text itself, as far as something in them is wanted. */
  levels: Level[];
  /** What is wanted inside the value that starts here. */
  inside: Goal[];
  wants: Want[];
  /** What is wanted, as JSON that this interpreter's JSON.parse reads right. */
  copy: string;
  isKey: boolean;
  /** The name of a member on the way to a wanted value. */
  key: string | undefined;
  /** First half of a surrogate pair. */
  half: number;
  /** How many bytes to leap over, and the offset from which on to try. */
  reach: number;
  leapFrom: number;
  /** Of the open containers, those that a piece leaves open. */
  kept: number;
  /** Which of UNLIKES the text has. */
  unlikes: Unlike[];
  /** A wanted value that is whole, and why the reading ended: told by push, because the stack is short. */
  found: Want | undefined;
  failure: BoardError | undefined;
}

// What may stand here, beside a word where there may be a value. By Expect.
const SIGNS = ["\"{[", "\"{[]", "\"}", "\"", ":", ",}", ",]", ""];
const NOT_BLANK = /[^ \n\r\t]/g;
const STRING_STOP = /["\\\x00-\x1f]/g;
const WORD_STOP = /[^\w.+\-]/g;
const BRACKET = /[{}\[\]]/g;
const BRACKET_PAIR = /\{\}|\[\]/g;
const CLOSING = /[}\]]/g;
// How an open container looks up to here, by Expect, and what a member or an element more looks like. See leap.
const STARTS = ["", "[", "{", "", "", "{\"\":0", "[0"];
const ONE_MORE: Record<string, string> = { "{": ",\"~\":0}", "[": ",0]" };
// What the firmware writes in another way than it came, though it is right: UTF-8, escapes, fractions (in place of them stands something
// that it writes as it came), and then lines and blanks between tokens. One expression for each: the firmware's `|` is quadratic.
const UNLIKES: Unlike[] = [
  { pattern: /[\x80-\xff]/g, put: "~", isLayout: false },
  { pattern: /\\\//g, put: "~", isLayout: false },
  { pattern: /\\u[\da-fA-F][\da-fA-F][\da-fA-F][\da-fA-F]/g, put: "~", isLayout: false },
  { pattern: /\d\.\d\d*([,}\] \n\r])/g, put: "1.5$1", isLayout: false },
  { pattern: /[\n\r][ \t\n\r]*([^ \t\n\r])/g, put: "$1", isLayout: true },
  { pattern: /([^\\])": /g, put: "$1\":", isLayout: true },
];
// Bytes that are checked at once: a piece of a body (536) and what the one before left over, for some 300 JsVars while it lasts. Where it fails
// with as few as the shorter number, to go on token by token costs less.
const LONGEST_LEAP = 640;
const SHORTEST_LEAP = 64;
// A text with more commas than this at the end of a piece is read for itself.
const COMMAS_TRIED = 4;
// JSON.parse must not be sent deeper than its stack is (see the limit of the depth). Brackets in texts can hide how deep a piece really goes: that
// is less than half of these and of the depth that shows.
const LEAP_BRACKETS = 32;
// U+FFFD, which stands for half of a surrogate pair (RFC 8259 8.2 leaves open what that means; UTF-8 cannot hold it).
const REPLACEMENT = "\xef\xbf\xbd";
// Integers of more digits are not exact in a number, and above 64 bits the firmware takes them modulo unless they have an exponent (2v29).
const EXACT_DIGITS = 15;
// Upper six bits of a code that is half of a surrogate pair.
const HIGH_HALF = 0x36;
const LOW_HALF = 0x37;

function stop(reader: Reader, code: string, message: string, facts?: object): boolean {
  reader.expect = Expect.Over;
  reader.failure = makeError(code, "body", message, facts);
  return false;
}

// With the byte and not what follows, which may not have come yet.
function refuseByte(reader: Reader): boolean {
  const offset = reader.base + reader.at;
  return stop(reader, "E_JSON", "byte " + offset + ": " + JSON.stringify(reader.pending.charAt(reader.at)), { offset });
}

function exceed(reader: Reader, limit: "depth" | "valueBytes"): boolean {
  return stop(reader, "E_JSON_LIMIT", limit + ": " + reader.bounds[limit]);
}

function isSkipping(reader: Reader): boolean {
  return reader.levels.length <= reader.open.length && reader.wants.length === 0;
}

function copy(reader: Reader, text: string): void {
  if (reader.wants.length === 0) return;
  reader.copy += text;
  if (reader.copy.length > reader.bounds.valueBytes) exceed(reader, "valueBytes");
}

// Part of a string, if anybody wants it.
function take(reader: Reader, text: string): void {
  const key = reader.key;
  if (reader.half) text = REPLACEMENT + text;
  reader.half = 0;
  if (key !== undefined) reader.key = key.length + text.length > reader.bounds.valueBytes ? undefined : key + text;
  copy(reader, text);
}

function isNamed(depth: number, name: string | undefined, goal: Goal): boolean {
  return depth === 0 || goal.names[depth - 1] === name;
}

function isReached(depth: number, goal: Goal): boolean {
  return goal.names.length === depth;
}

function isBeyond(depth: number, goal: Goal): boolean {
  return goal.names.length > depth;
}

function beginValue(reader: Reader): void {
  const depth = reader.open.length;
  const level = reader.levels[depth];
  reader.inside = [];
  if (!level) return;
  const goals = level.goals.filter(isNamed.bind(undefined, depth, level.member));
  const reached = goals.filter(isReached.bind(undefined, depth));
  reader.inside = goals.filter(isBeyond.bind(undefined, depth));
  if (reached.length > 0) reader.wants.push({ goals: reached, from: reader.copy.length, depth });
}

function endValue(reader: Reader): void {
  const depth = reader.open.length;
  const want = reader.wants[reader.wants.length - 1];
  if (reader.expect === Expect.Over) return;
  reader.expect = depth === 0 ? Expect.End : reader.open.charAt(depth - 1) === "{" ? Expect.ObjectNext : Expect.ArrayNext;
  if (want && want.depth === depth) reader.found = reader.wants.pop();
}

function startText(reader: Reader): void {
  reader.isKey = reader.expect > Expect.FirstValue;
  reader.key = reader.isKey && reader.levels.length > reader.open.length ? "" : undefined;
  reader.expect = Expect.Text;
}

// A key `__proto__` would be taken for the prototype of the object (2v29): it gets a blank.
function endText(reader: Reader): void {
  if (reader.half) take(reader, "");
  const key = reader.key;
  if (reader.isKey && /^[{,]"__proto__$/.test(reader.copy.substr(reader.copy.length - 11))) copy(reader, " ");
  copy(reader, "\"");
  if (!reader.isKey) endValue(reader);
  else if (reader.expect !== Expect.Over) reader.expect = Expect.Colon;
  const level = reader.isKey && reader.levels[reader.open.length];
  reader.key = undefined;
  if (level) level.member = key && key.indexOf("\\") >= 0 ? JSON.parse("\"" + key + "\"") : key;
}

function enter(reader: Reader, sign: string): void {
  if (reader.open.length >= reader.bounds.depth) {
    exceed(reader, "depth");
    return;
  }
  reader.open += sign;
  if (reader.inside.length > 0) reader.levels.push({ goals: reader.inside, member: "0", index: 0 });
  reader.expect = sign === "{" ? Expect.FirstKey : Expect.FirstValue;
}

function leave(reader: Reader): void {
  const depth = reader.open.length;
  if (reader.levels.length > depth) reader.levels.pop();
  reader.open = reader.open.substr(0, depth - 1);
  endValue(reader);
}

function goOn(reader: Reader): void {
  const level = reader.levels[reader.open.length];
  const isArray = reader.expect === Expect.ArrayNext;
  reader.expect = isArray ? Expect.Value : Expect.Key;
  if (!level || !isArray) return;
  level.index++;
  level.member = "" + level.index;
}

// RFC 8259 6, by what is left without the parts that may be missing.
function isWord(word: string): boolean {
  if (/^[1-9]\d*$/.test(word) || word === "null" || word === "true" || word === "false") return true;
  const digits = word.replace(/^-/, "").replace(/[eE]\d\d*$|[eE][+\-]\d\d*$/, "").replace(/\.\d\d*$/, "");
  return digits === "0" || /^[1-9]\d*$/.test(digits);
}

function isLongInteger(word: string): boolean {
  return word.length > EXACT_DIGITS && /^[\d\-]*$/.test(word);
}

// true, false, null or a number, which end only where something else starts.
function readWord(reader: Reader): boolean {
  WORD_STOP.lastIndex = reader.at;
  const found: any = WORD_STOP.exec(reader.pending);
  const length = (found ? found.index : reader.pending.length) - reader.at;
  const word = reader.pending.substr(reader.at, length);
  if (length > reader.bounds.valueBytes) return exceed(reader, "valueBytes");
  if (!found) return false;
  if (!isWord(word)) return refuseByte(reader);
  beginValue(reader);
  copy(reader, isLongInteger(word) ? word + "e0" : word);
  reader.at += length;
  endValue(reader);
  return true;
}

// RFC 3629 3, RFC 8259 7. What JSON itself must escape stays as it came.
function takeCode(reader: Reader, escape: string): void {
  const code = parseInt(escape.substr(2), 16);
  const kind = code >> 10;
  const half = reader.half;
  if (kind === LOW_HALF && half) {
    reader.half = 0;
    take(reader, utf8(0x10000 + ((half & 0x3ff) << 10) + (code & 0x3ff)));
  } else if (kind === HIGH_HALF) {
    if (half) take(reader, "");
    reader.half = code;
  } else if (code < 0x20 || code === 0x22 || code === 0x5c) {
    take(reader, escape);
  } else {
    take(reader, kind === LOW_HALF ? REPLACEMENT : utf8(code));
  }
}

function readEscape(reader: Reader): boolean {
  const sign = reader.pending.charAt(reader.at + 1);
  const length = sign === "u" ? 6 : 2;
  const escape = reader.pending.substr(reader.at, length);
  if (escape.length < length) return false;
  if (sign === "u" ? !/^\\u[\da-f][\da-f][\da-f][\da-f]$/i.test(escape) : "\"\\/bfnrt".indexOf(sign) < 0) return refuseByte(reader);
  reader.at += length;
  if (isSkipping(reader)) return true;
  if (sign === "u") takeCode(reader, escape);
  else take(reader, escape);
  return true;
}

function readText(reader: Reader): boolean {
  const at = reader.at;
  STRING_STOP.lastIndex = at;
  const found: any = STRING_STOP.exec(reader.pending);
  const end = found ? found.index : reader.pending.length;
  if (end > at && !isSkipping(reader)) take(reader, reader.pending.substring(at, end));
  reader.at = end;
  if (!found || reader.expect === Expect.Over) return false;
  if (found[0] === "\\") return readEscape(reader);
  if (found[0] !== "\"") return refuseByte(reader);
  reader.at++;
  endText(reader);
  return true;
}

// Whether it is JSON: the firmware's own JSON.parse takes much that is none, but what it gives is written again as it came only
// if it was. Both together cost less than one regular expression.
function isSound(text: string, unlikes: Unlike[]): boolean {
  let same = text;
  for (let i = 0; i < unlikes.length; i++) {
    const unlike = unlikes[i]!;
    same = same.replace(unlike.pattern, unlike.put);
    if (!unlike.isLayout) text = same;
  }
  if (!isHarmless(text)) return false;
  try {
    return JSON.stringify(JSON.parse(text)) === same;
  } catch (reason) {
    return false;
  }
}

// Finds out what else a text has that the firmware writes in another way; later texts will have it too. Gives false for nothing.
function learn(reader: Reader, text: string): boolean {
  const unlikes: Unlike[] = [];
  for (let i = 0; i < UNLIKES.length; i++) {
    const unlike = UNLIKES[i]!;
    unlike.pattern.lastIndex = 0;
    if (reader.unlikes.indexOf(unlike) >= 0 || unlike.pattern.test(text)) unlikes.push(unlike);
  }
  if (unlikes.length === reader.unlikes.length) return false;
  reader.unlikes = unlikes;
  return true;
}

function closings(openings: string): string {
  let text = "";
  for (let i = openings.length - 1; i >= 0; i--) text += openings.charAt(i) === "{" ? "}" : "]";
  return text;
}

// The containers that are open behind a piece, if it is JSON; undefined when it leaves what is skipped, or is too deep.
function openBehind(reader: Reader, piece: string): string | undefined {
  const open = reader.open;
  let left = ((piece.match(BRACKET) || []) as string[]).join("");
  let depth = open.length;
  if (left.length > LEAP_BRACKETS) return undefined;
  for (let before = ""; left !== before; depth++) {
    before = left;
    left = left.replace(BRACKET_PAIR, "");
  }
  const opened = left.replace(CLOSING, "");
  const kept = open.length - left.length + opened.length;
  if (kept < reader.levels.length || depth + opened.length > reader.bounds.depth) return undefined;
  reader.kept = kept;
  return open.substr(0, kept) + opened;
}

// A whole text around a piece that is followed by a comma: with what it closes opened, an element or member more, and what is open then closed.
function wholeText(reader: Reader, piece: string, open: string): string {
  const outer = reader.kept - 1;
  let text = reader.open.substring(outer, reader.open.length - 1).replace(/\{/g, "{\"\":") + STARTS[reader.expect];
  text += piece;
  text += ONE_MORE[open.charAt(open.length - 1)] + closings(open.substring(outer, open.length - 1));
  return text;
}

// The last comma that looks like one between members or elements, and not like one in a text; `at` if there is none. (Searching backwards
// for a longer text costs 4,500 instructions a byte.)
function lastComma(reader: Reader, end: number): number {
  const { at, pending, open } = reader;
  const last = pending.lastIndexOf(",", end);
  let comma = last;
  for (let i = 0; i < COMMAS_TRIED && comma > at; i++) {
    if (/^ *["{\[\n\r]/.test(pending.substr(comma + 1, 2))) return comma;
    comma = pending.lastIndexOf(",", comma - 1);
  }
  return last > at && open.charAt(open.length - 1) === "[" ? last : at;
}

function canLeap(reader: Reader): boolean {
  return !!STARTS[reader.expect] && reader.base + reader.at >= reader.leapFrom && isSkipping(reader);
}

// Where nothing is wanted, checks many bytes at once, up to a comma. Gives true when there is more to do, false when more bytes are needed
// first, and undefined when the next tokens have to be read for themselves. What has no such comma can wait: no wanted value begins in it.
function leap(reader: Reader): boolean | undefined {
  const { at, pending } = reader;
  const end = at + reader.reach < pending.length ? at + reader.reach : pending.length;
  const cut = lastComma(reader, end);
  if (cut === at && end === pending.length && end - at < LONGEST_LEAP) return false;
  const piece = pending.substring(at, cut);
  const open = cut > at ? openBehind(reader, piece) : undefined;
  const text = open ? wholeText(reader, piece, open) : "";
  if (open && (isSound(text, reader.unlikes) || (learn(reader, text) && isSound(text, reader.unlikes)))) {
    reader.at = cut;
    reader.open = open;
    reader.expect = open.charAt(open.length - 1) === "{" ? Expect.ObjectNext : Expect.ArrayNext;
    reader.reach = LONGEST_LEAP;
    return end < pending.length;
  }
  reader.reach = (cut - at) >> 1;
  if (reader.reach >= SHORTEST_LEAP) return true;
  reader.reach = SHORTEST_LEAP * 2;
  reader.leapFrom = reader.base + at + SHORTEST_LEAP;
}

// One token, but of a text only its start; false when more bytes are needed first.
function step(reader: Reader): boolean {
  const expect = reader.expect;
  if (expect === Expect.Over) return false;
  NOT_BLANK.lastIndex = reader.at;
  const found: any = NOT_BLANK.exec(reader.pending);
  reader.at = found ? found.index : reader.pending.length;
  if (!found) return false;
  const sign = found[0];
  const isValue = expect < Expect.FirstKey;
  if (SIGNS[expect]!.indexOf(sign) < 0) return isValue ? readWord(reader) : refuseByte(reader);
  if (isValue && sign !== "]") beginValue(reader);
  reader.at++;
  copy(reader, sign);
  if (reader.expect === Expect.Over) return false;
  if (sign === "\"") startText(reader);
  else if (sign === ",") goOn(reader);
  else if (sign === ":") reader.expect = Expect.Value;
  else if (sign === "{" || sign === "[") enter(reader, sign);
  else leave(reader);
  return true;
}

function report(reader: Reader): void {
  const { goals, from } = reader.found!;
  const value = JSON.parse(reader.copy.substr(from));
  reader.found = undefined;
  if (reader.wants.length === 0) reader.copy = "";
  for (let i = 0; i < goals.length; i++) reader.client.onValue(goals[i]!.given, value);
}

function push(this: Reader, bytes: string): void {
  if (this.expect === Expect.Over) return;
  this.pending = this.pending === "" ? bytes : this.pending + bytes;
  this.at = 0;
  let isMore: boolean | undefined = true;
  while (isMore) {
    isMore = canLeap(this) ? leap(this) : undefined;
    if (isMore === undefined) isMore = this.expect === Expect.Text ? readText(this) : step(this);
    if (this.found) report(this);
  }
  this.base += this.at;
  this.pending = this.failure ? "" : this.pending.substr(this.at);
  if (this.failure) this.client.onError(this.failure);
}

// A number ends with the text: a blank makes it a whole one.
function close(this: Reader): void {
  const offset = this.base + this.pending.length;
  this.leapFrom = Infinity;
  this.push(this.open === "" && this.expect < Expect.FirstKey ? " " : "");
  const expect = this.expect;
  this.expect = Expect.Over;
  if (expect < Expect.Over && expect !== Expect.End) this.client.onError(makeError("E_JSON", "body", "incomplete", { offset }));
  if (expect === Expect.End && this.client.onEnd) this.client.onEnd();
}

function goalOf(given: JsonPath): Goal {
  const names = typeof given === "string" ? given.split(".") : given;
  return { given, names: names.map((name) => "" + name) };
}

/**
 * Makes a reader for one JSON text (RFC 8259) in UTF-8. It calls onValue for each wanted value, then exactly one of onEnd (in close) and
 * onError; whatever comes after that is ignored. It keeps the open brackets (`limits.depth`), one wanted value (`limits.valueBytes`, of its JSON
 * without blanks; for numbers and the names on the way to a wanted value it counts too), and at most 640 bytes besides what it was pushed last.
 * What is not wanted may be checked as late as in close.
 *
 * Values are as JSON.parse gives them, objects and arrays whole, with strings as bytes of UTF-8 (docs/text.md): escapes too, which the
 * firmware's JSON.parse gets wrong; half of a surrogate pair becomes U+FFFD. Names are compared after their escapes are
 * read. A name that comes twice is reported twice; inside a whole object the firmware finds the first, other interpreters the last. An
 * empty name is an empty part of the path (`"a."`), a name with a dot needs a path that is a list, and so has the whole text: `[]`.
 * A name `__proto__` inside a whole object gets a blank behind it, or it would become the object's prototype.
 *
 * Errors: E_JSON (malformed, at byte `offset` counted from 0, where the word or the escape starts; or incomplete), E_JSON_LIMIT.
 * Bytes above 7F are not checked to be UTF-8. Raises E_OPTION for a limit that is no number.
 */
export function createJsonReader(options: JsonReaderOptions): JsonReader {
  const reader: Reader = {
    client: options,
    bounds: withDefaults(JSON_LIMITS, options.limits),
    expect: Expect.Value,
    pending: "",
    at: 0,
    base: 0,
    open: "",
    levels: [{ goals: options.paths.map(goalOf), member: undefined, index: 0 }],
    inside: [],
    wants: [],
    copy: "",
    isKey: false,
    key: undefined,
    half: 0,
    reach: LONGEST_LEAP,
    leapFrom: 0,
    kept: 0,
    unlikes: [],
    found: undefined,
    failure: undefined,
    push,
    close,
  };
  return reader;
}
