import type { Realm } from "../realm.ts";

const WORDS: Record<string, unknown> = { true: true, false: false, null: null };
const INT64_MASK = 64;
const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "0": "\0" };

type Token = { kind: "string" | "number" | "name" | "mark" | "end"; text: string; value?: unknown };

/** The firmware's JSON parser (src/jswrap_json.c), which is its lexer: it takes much that is no JSON. */
export class JsonParser {
  readonly #realm: Realm;
  readonly #text: string;
  readonly #bareNames: boolean;
  #at = 0;
  #token: Token = { kind: "end", text: "" };

  /** @param bareNames whether names may stand without quotes, as in `Storage.readJSON` */
  constructor(realm: Realm, text: string, bareNames: boolean) {
    this.#realm = realm;
    this.#text = text;
    this.#bareNames = bareNames;
  }

  /**
   * Parses the first value; what follows is ignored.
   * @throws the realm's SyntaxError
   */
  parse(): unknown {
    this.#next();
    return this.#value();
  }

  #value(): unknown {
    const token = this.#token;
    if (token.kind === "string" || token.kind === "number") return this.#take(token.value);
    if (token.kind === "name" && token.text in WORDS) return this.#take(WORDS[token.text]);
    if (token.text === "-") return this.#negative();
    if (token.text === "[") return this.#array();
    if (token.text === "{") return this.#object();
    throw this.#error(`Expecting valid value, got ${token.kind === "name" ? "ID" : describe(token)}`);
  }

  #negative(): unknown {
    this.#next();
    return this.#token.kind === "number" ? -(this.#value() as number) : undefined;
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    this.#next();
    while (this.#token.text !== "]") {
      items.push(this.#value());
      if (this.#token.text !== "]") this.#expect(",");
    }
    this.#expect("]");
    return this.#realm.array(items);
  }

  #object(): Record<string, unknown> {
    const result = this.#realm.object();
    this.#next();
    while (this.#token.kind === "string" || this.#token.kind === "name" || this.#token.kind === "number") {
      const key = this.#key();
      this.#expect(":");
      const value = this.#value();
      if (this.#token.text !== "}") this.#expect(",");
      result[key] = value;
    }
    this.#expect("}");
    return result;
  }

  #key(): string {
    const token = this.#token;
    if (token.kind !== "string" && !this.#bareNames) throw this.#error(`Got ${describe(token)} expected STRING`);
    this.#next();
    return token.kind === "string" ? String(token.value) : token.text;
  }

  #take(value: unknown): unknown {
    this.#next();
    return value;
  }

  #expect(mark: string): void {
    if (this.#token.text !== mark || this.#token.kind !== "mark") {
      throw this.#error(`Got ${describe(this.#token)} expected '${mark}'`);
    }
    this.#next();
  }

  #error(message: string): object {
    return this.#realm.error("SyntaxError", message);
  }

  #next(): void {
    this.#match(/(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y);
    if (this.#at >= this.#text.length) {
      this.#token = { kind: "end", text: "EOF" };
      return;
    }
    const number = this.#match(/0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) {
      this.#token = { kind: "number", text: number, value: numberOf(number) };
      return;
    }
    const name = this.#match(/[A-Za-z_$][\w$]*/y);
    if (name !== undefined) this.#token = { kind: "name", text: name };
    else if (/["'`]/.test(this.#text[this.#at]!)) this.#token = this.#string();
    else this.#token = { kind: "mark", text: this.#text[this.#at++]! };
  }

  #string(): Token {
    const raw = this.#match(/(["'`])(?:\\[^]|(?!\1)[^\\\n])*\1/y);
    if (raw === undefined) {
      this.#at = this.#text.length;
      return { kind: "mark", text: "UNFINISHED STRING" };
    }
    return { kind: "string", text: raw, value: unescape(raw.slice(1, -1)) };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }
}

/** Whole numbers wrap at 64 bits. */
function numberOf(text: string): number {
  return /^\d+$/.test(text) ? Number(BigInt.asIntN(INT64_MASK, BigInt(text))) : Number(text);
}

const ESCAPE = /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([^]))/g;

/** Escapes give one byte each. */
function unescape(text: string): string {
  return text.replace(ESCAPE, (_all, long?: string, short?: string, one?: string) => {
    if (one !== undefined) return ESCAPES[one] ?? one;
    return String.fromCharCode(parseInt(long ?? short!, 16) & 0xff);
  });
}

function describe(token: Token): string {
  if (token.kind === "name") return `ID:${token.text}`;
  if (token.kind === "string") return "STRING";
  if (token.kind === "number") return "INTEGER";
  return token.kind === "end" || token.text.length > 1 ? token.text : `'${token.text}'`;
}
