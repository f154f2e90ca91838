import { types } from "node:util";
import type { Realm } from "../realm.ts";
import { NATIVE_TEXT, normalisedFunction } from "../realm/source-text.ts";
import { numberText } from "./number-text.ts";
import { quoted, quotedForJson } from "./quoted-text.ts";

/** How a value is written; the names are those of the firmware's flags (src/jswrap_json.h). */
export interface TextStyle {
  /** Spaces after commas and colons. */
  pretty?: boolean;
  /** Line ends where something long follows. */
  someNewlines?: boolean;
  /** Line ends everywhere. */
  allNewlines?: boolean;
  /** Long things are cut in the middle. */
  limit?: boolean;
  /** Functions and undefined are left out, buffers are arrays, `toJSON` counts. */
  json?: boolean;
  showNames?: boolean;
  dropQuotes?: boolean;
  /** One step of indentation. */
  indent?: string;
}

/** What `print` and `console.log` use. */
export const PRINT_STYLE: TextStyle = { pretty: true, someNewlines: true, showNames: true };
/** What the REPL uses for the value of a line. */
export const REPL_STYLE: TextStyle = { ...PRINT_STYLE, limit: true, dropQuotes: true };

const LIMIT_TEXT = " ... ";
const ITEMS_ON_LINE = 4;
const LIMIT_ITEMS = 15;
const LIMITED_ITEMS = 5;
const LIMIT_CHARACTERS = 60;
const LIMITED_CHARACTERS = 27;
const LONGEST_BARE_NAME = 62;

/** Writes a value of the program as the firmware does (jsfGetJSONWithCallback of src/jswrap_json.c). */
export function objectText(realm: Realm, value: unknown, style: TextStyle): string {
  return new ObjectWriter(realm, style).text(value, 0);
}

interface Entries {
  text: string;
  /** The last entry wants a line end after it. */
  breakNext: boolean;
}

class ObjectWriter {
  readonly #realm: Realm;
  readonly #style: TextStyle;
  readonly #open = new Set<object>();

  constructor(realm: Realm, style: TextStyle) {
    this.#realm = realm;
    this.#style = style;
  }

  text(value: unknown, depth: number, key?: string): string {
    if (typeof value === "string") return this.#stringText(value);
    if (typeof value === "number") return this.#style.json && !Number.isFinite(value) ? "null" : numberText(value);
    if (value === undefined) return this.#style.json ? "null" : "undefined";
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return String(value);
    if (this.#open.has(value)) return LIMIT_TEXT;
    this.#open.add(value);
    try {
      return this.#compoundText(value, depth, key);
    } finally {
      this.#open.delete(value);
    }
  }

  #compoundText(value: object, depth: number, key: string | undefined): string {
    if (typeof value === "function") return this.#style.json ? "undefined" : this.#functionText(value);
    if (Array.isArray(value)) return this.#arrayText(value, depth);
    if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return this.#bufferText(value, depth);
    if (this.#realm.isNative(value)) return NATIVE_TEXT;
    return this.#objectText(value as Record<string, unknown>, depth, key);
  }

  #stringText(value: string): string {
    const quote = this.#style.json ? quotedForJson : quoted;
    if (!this.#style.limit || value.length <= LIMIT_CHARACTERS) return quote(value);
    return quote(value.slice(0, LIMITED_CHARACTERS)) + LIMIT_TEXT + quote(value.slice(-LIMITED_CHARACTERS));
  }

  #functionText(value: object): string {
    const text = this.#realm.sourceOf(value);
    return text === NATIVE_TEXT ? text : normalisedFunction(text, this.#style.limit ? LIMIT_TEXT : undefined);
  }

  #arrayText(items: unknown[], depth: number): string {
    const limited = this.#style.limit === true && items.length > LIMIT_ITEMS;
    let text = this.#style.pretty ? "[ " : "[";
    let breakNext = false;
    for (let i = 0; i < items.length; i++) {
      if (limited && i >= LIMITED_ITEMS && i < items.length - LIMITED_ITEMS) continue;
      if (i > 0) text += this.#style.pretty ? ", " : ",";
      if (limited && i === items.length - LIMITED_ITEMS) text += LIMIT_TEXT;
      const breaks = this.#style.allNewlines === true || (this.#style.someNewlines === true && wantsLine(items[i]));
      if (breakNext || breaks) text += this.#newLine(depth + 1);
      text += this.text(items[i], depth + 1, String(i));
      breakNext = breaks;
    }
    if (this.#style.pretty) {
      const named = Object.keys(items).filter((key) => !/^\d+$/.test(key));
      const rest = this.#entriesText(items as unknown as Record<string, unknown>, named, depth, items.length === 0);
      text += rest.text;
      breakNext = rest.text === "" ? breakNext : rest.breakNext;
    }
    if (breakNext) text += this.#newLine(depth);
    return text + (this.#style.pretty ? " ]" : "]");
  }

  #bufferText(value: ArrayBufferLike | ArrayBufferView, depth: number): string {
    const isBuffer = types.isAnyArrayBuffer(value);
    const items = Array.from(isBuffer ? new Uint8Array(value) : (value as Uint8Array));
    const name = isBuffer ? "ArrayBuffer" : (value.constructor as { name: string }).name;
    if (this.#style.json) return this.#arrayText(items, depth);
    if (items.every((each) => each === 0)) return `new ${name}(${items.length})`;
    const limited = this.#style.limit === true && items.length > LIMIT_ITEMS;
    const head = limited ? items.slice(0, LIMITED_ITEMS) : items;
    const tail = limited ? `, ${LIMIT_TEXT}${items.slice(-LIMITED_ITEMS).map(numberText).join(", ")}` : "";
    const list = `${head.map(numberText).join(", ")}${tail}`;
    return isBuffer ? `new Uint8Array([${list}]).buffer` : `new ${name}([${list}])`;
  }

  #objectText(value: Record<string, unknown>, depth: number, key: string | undefined): string {
    if (this.#style.json && typeof value.toJSON === "function") {
      const plain: unknown = (value.toJSON as (key?: string) => unknown)(key);
      this.#open.delete(value);
      return this.text(plain, depth);
    }
    const name = this.#style.showNames ? this.#constructorName(value) : undefined;
    const prefix = name === undefined ? "" : `${name}: `;
    const { toString } = this.#realm.objectPrototype as typeof value;
    if (name !== undefined && !types.isRegExp(value) && value.toString !== toString) return prefix + String(value);
    return prefix + this.#propertiesText(types.isRegExp(value) ? regExpFields(value) : value, depth);
  }

  #propertiesText(value: Record<string, unknown>, depth: number): string {
    const { pretty } = this.#style;
    const { text, breakNext } = this.#entriesText(value, Object.keys(value), depth, true);
    return `${pretty ? "{ " : "{"}${text}${breakNext ? this.#newLine(depth) : ""}${pretty ? " }" : "}"}`;
  }

  #entriesText(value: Record<string, unknown>, keys: string[], depth: number, isFirst: boolean): Entries {
    const { pretty, someNewlines, allNewlines } = this.#style;
    let text = "";
    let breakNext = false;
    let onLine = 0;
    for (const key of keys.filter((each) => !this.#isLeftOut(value, each))) {
      const item = value[key];
      if (!isFirst || text !== "") text += pretty ? ", " : ",";
      const breaks = allNewlines === true || (someNewlines === true && wantsLine(item));
      if ((someNewlines && ++onLine > ITEMS_ON_LINE) || allNewlines) breakNext = true;
      if (breakNext || breaks) {
        text += this.#newLine(depth + 1);
        onLine = 0;
      }
      text += this.#keyText(key) + (pretty ? ": " : ":") + this.text(item, depth + 1, key);
      breakNext = breaks;
    }
    return { text, breakNext };
  }

  #isLeftOut(value: Record<string, unknown>, key: string): boolean {
    if (isHidden(value, key)) return true;
    return this.#style.json === true && (value[key] === undefined || typeof value[key] === "function");
  }

  #keyText(key: string): string {
    const isBare = /^\d+$/.test(key) || (/^[A-Za-z_$][\w$]*$/.test(key) && key.length <= LONGEST_BARE_NAME);
    if (this.#style.dropQuotes && isBare) return key;
    return this.#style.json ? quotedForJson(key) : quoted(key);
  }

  /** Only a constructor that is a global has a name. */
  #constructorName(value: object): string | undefined {
    const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
    if (!prototype || prototype === this.#realm.objectPrototype) return undefined;
    const constructor = Object.hasOwn(prototype, "constructor") ? prototype.constructor : undefined;
    if (typeof constructor !== "function") return undefined;
    const { global } = this.#realm;
    if (global[constructor.name] === constructor) return constructor.name;
    return Object.keys(global).find((name) => global[name] === constructor);
  }

  #newLine(depth: number): string {
    return `\n${(this.#style.indent ?? "  ").repeat(depth)}`;
  }
}

function regExpFields({ source, flags, lastIndex }: RegExp): Record<string, unknown> {
  return { source, flags: flags.replace("s", ""), lastIndex };
}

function isHidden(value: object, key: string): boolean {
  if (key.charCodeAt(0) === 0xff) return true;
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  return descriptor !== undefined && (descriptor.get ?? descriptor.set) !== undefined && !isGlobalConst(descriptor);
}

function isGlobalConst(descriptor: PropertyDescriptor): boolean {
  return descriptor.get !== undefined && descriptor.set !== undefined;
}

function wantsLine(value: unknown): boolean {
  return !(value === undefined || value === null || typeof value === "number" || typeof value === "boolean");
}
