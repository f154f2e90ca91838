import { objectText } from "../console/object-text.ts";
import type { Interpreter } from "../interpreter.ts";
import { byteString, byteValues } from "./byte-values.ts";
import type { Random } from "./random.ts";
import { flatStringFunctions } from "./memory-functions.ts";
import { blocksOf } from "./size.ts";
import type { Watchdog } from "./watchdog.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** The `E` object, as far as a program without pins needs it. Files on a file system are absent, as on an ESP32. */
export function installE(interpreter: Interpreter, random: Random, watchdog: Watchdog): void {
  const { realm } = interpreter;
  const e = realm.object();
  realm.defineNatives(e, {
    ...byteFunctions(interpreter),
    ...flatStringFunctions(interpreter),
    ...unicodeFunctions(interpreter),
    ...stateFunctions(interpreter),
    ...randomFunctions(random),
    enableWatchdog: (seconds: number, isAutomatic: unknown) => watchdog.enable(seconds * 1000, isAutomatic !== false),
    kickWatchdog: () => watchdog.kick(),
    reboot: () => {
      interpreter.todo = { kind: "reboot", lines: [] };
    },
    setBootCode: (code: unknown, always: unknown) => setBootCode(interpreter, code, Boolean(always)),
    setTimeZone: (hours: number) => {
      interpreter.timeZoneHours = Number(hours) || 0;
    },
    lookupNoCase: (haystack: unknown, needle: unknown, wantsKey: unknown) =>
      lookupNoCase(haystack, String(needle), Boolean(wantsKey)),
    stopEventPropagation: () => interpreter.calls.stopPropagation(),
  });
  realm.markNative(e);
  realm.define(realm.global, "E", e);
}

function byteFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const { realm } = interpreter;
  return {
    toString: (...args: unknown[]) => byteString(realm, args.length === 1 ? args[0] : args),
    toFlatString: (...args: unknown[]) => byteString(realm, args.length === 1 ? args[0] : args),
    toUint8Array: (...args: unknown[]) => realm.bytes(byteValues(realm, args)),
    toJS: (value: unknown) => objectText(realm, value, { dropQuotes: true, json: true }),
    getSizeOf: (value: unknown) => blocksOf(value),
    sum: (values: unknown) => byteValues(realm, values).reduce((sum, each) => sum + each, 0),
    reverseByte: (byte: number) => parseInt((byte & 0xff).toString(2).padStart(8, "0").split("").reverse().join(""), 2),
    clip: (value: number, low: number, high: number) => Math.min(Math.max(value, low), high),
    CRC32: (value: unknown) => crc32(byteValues(realm, value)),
  };
}

/** The build for an ESP32 has no Unicode strings. */
function unicodeFunctions({ realm }: Interpreter): Record<string, AnyFunction> {
  return {
    isUTF8: () => false,
    fromUTF8: () => undefined,
    asUTF8: () => {
      throw realm.error("Error", "Unicode not supported on this build");
    },
    decodeUTF8: (text: unknown, lookup: unknown, replaceWith: unknown) => decodeUtf8(String(text), lookup, replaceWith),
  };
}

function stateFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const { realm } = interpreter;
  return {
    getErrorFlags: () => {
      const flags = realm.array([...interpreter.errorFlags]);
      interpreter.errorFlags.clear();
      interpreter.reportedErrorFlags.clear();
      return flags;
    },
    getFlags: () => realm.object({ deepSleep: 0, pretokenise: 0, unsafeFlash: 0, unsyncFiles: 0 }),
    setFlags: () => {},
    setConsole: () => {},
    getConsole: () => "Serial1",
    getTemperature: () => Number.NaN,
    getAnalogVRef: () => 0,
    setClock: () => 0,
    defrag: () => {},
    dumpStr: () => "",
    setDST: () => {},
  };
}

function randomFunctions(random: Random): Record<string, AnyFunction> {
  return {
    srand: (seed: number) => random.seed(seed),
    hwRand: () => random.next(),
  };
}

function setBootCode({ storage }: Interpreter, code: unknown, always: boolean): void {
  const name = always ? ".bootrst" : ".bootcde";
  for (const each of [".bootcde", ".bootrst"]) storage.erase(each);
  if (code !== undefined && String(code) !== "") storage.write(name, String(code));
}

function lookupNoCase(haystack: unknown, needle: string, wantsKey: boolean): unknown {
  if (typeof haystack !== "object" || haystack === null) return undefined;
  const key = Object.keys(haystack).find((each) => each.toLowerCase() === needle.toLowerCase());
  if (key === undefined) return undefined;
  return wantsKey ? key : (haystack as Record<string, unknown>)[key];
}

/** UTF-8 to one byte for each character: those above 0xFF are looked up or replaced. */
function decodeUtf8(text: string, lookup: unknown, replaceWith: unknown): string {
  const fromArray = (values: unknown[]) => Object.fromEntries(values.map((each, i) => [i + 128, each]));
  const table = (Array.isArray(lookup) ? fromArray(lookup) : lookup) as Record<number, unknown> | undefined;
  const characters = [...Buffer.from(text, "latin1").toString("utf8")];
  return characters
    .map((each) => {
      const code = each.codePointAt(0)!;
      const known = table?.[code];
      if (known !== undefined) return typeof known === "number" ? String.fromCharCode(known & 0xff) : String(known);
      if (code < 0x80 || (code <= 0xff && table === undefined)) return String.fromCharCode(code);
      if (typeof replaceWith === "function") return String((replaceWith as (code: number) => unknown)(code));
      return code <= 0xff && replaceWith === undefined ? String.fromCharCode(code) : String(replaceWith ?? "");
    })
    .join("");
}

const CRC_POLYNOMIAL = 0xedb88320;

function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC_POLYNOMIAL : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
