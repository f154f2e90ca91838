import { parseExpressionAt } from "acorn";
import type { ArrayExpression, Expression, Node, ObjectExpression, Position, Property, SpreadElement } from "acorn";
import { pathText, type Mistake } from "./mistake.ts";

/** A JSON text, read: its value, and on which line each part of it begins. */
export interface JsonSource {
  value: unknown;
  /** Mistakes that JSON.parse says too little about or, worse, too much: it quotes the text around, which may be a secret. */
  mistakes: Mistake[];
  /** Line, from 1, of what is at this path; of the nearest thing around it when there is nothing. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

const HOW_IT_BREAKS = "here or just before it a comma, a colon, a quote or a bracket is missing or too much";

/**
 * Reads JSON (RFC 8259). Where it is none the value is undefined, and the mistakes say on which line and in which column; a key
 * that stands twice in an object is a mistake too, because JSON.parse silently takes the last. No mistake quotes a value.
 */
export function readJsonSource(text: string): JsonSource {
  // A byte order mark, which Windows editors write.
  const source = text.replace(/^\uFEFF/, "");
  const reader = new JsonReader();
  reader.read(source);
  const value = parseOrUndefined(source);
  if (value === undefined && reader.mistakes.length === 0) reader.mistakes.push({ path: [], text: "this is no JSON" });
  return { value, mistakes: reader.mistakes, lineOf: (path) => reader.lineOf(path) };
}

function parseOrUndefined(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** Reads the text as JavaScript, of which JSON is a part, and finds what of it is not JSON. */
class JsonReader {
  mistakes: Mistake[] = [];
  #lines = new Map<string, number>();

  read(source: string): void {
    if (source.trim() === "") return this.#report("the file is empty");
    try {
      const root = parseExpressionAt(source, 0, {
        ecmaVersion: 2022,
        locations: true,
        onComment: (_isBlock, _text, _start, _end, at) => this.#report("JSON has no comments", at),
        onTrailingComma: (_offset, at) => this.#report("there is a comma too much, after the last entry", at),
      });
      const rest = source.slice(root.end).search(/[^\s]/);
      if (rest >= 0) this.#report(`something stands behind the end; ${HOW_IT_BREAKS}`, positionOf(source, root.end + rest));
      this.#visit(root, []);
    } catch (error) {
      this.#reportSyntaxError(error);
    }
  }

  lineOf(path: readonly PropertyKey[]): number | undefined {
    const line = this.#lines.get(pathText(path));
    return line !== undefined || path.length === 0 ? line : this.lineOf(path.slice(0, -1));
  }

  #reportSyntaxError(error: unknown): void {
    const { message, loc } = error as SyntaxError & { loc?: Position };
    const isOpenText = message.startsWith("Unterminated string");
    this.#report(isOpenText ? 'this text has no closing " on its line' : HOW_IT_BREAKS, loc);
  }

  #report(text: string, at?: Position | null): void {
    this.mistakes.push({ path: [], text: at ? `line ${at.line}, column ${at.column + 1}: ${text}` : text });
  }

  #visit(node: Expression | Node, path: PropertyKey[]): void {
    const expression = node as Expression;
    if (expression.type === "ObjectExpression") this.#visitObject(expression, path);
    else if (expression.type === "ArrayExpression") this.#visitList(expression, path);
    else if (!isJsonScalar(expression)) this.#report("a text in double quotes, a number, true, false or null is expected here", node.loc?.start);
  }

  #visitList(list: ArrayExpression, path: PropertyKey[]): void {
    list.elements.forEach((element, index) => this.#visitElement(element, [...path, index], list));
  }

  #visitElement(element: Expression | SpreadElement | null, path: PropertyKey[], list: Node): void {
    if (!element) return this.#report("there are two commas in a row in this list", list.loc?.start);
    this.#remember(path, element);
    this.#visit(element, path);
  }

  #visitObject(object: ObjectExpression, path: PropertyKey[]): void {
    const names = new Set<string>();
    for (const property of object.properties) {
      const name = nameOf(property);
      if (name === undefined || property.type !== "Property") {
        this.#report("a name in double quotes and a colon are expected here", property.loc?.start);
        continue;
      }
      const at = [...path, name];
      if (names.has(name)) this.#report(`${pathText(at)} stands here a second time; keep one`, property.loc?.start);
      names.add(name);
      this.#remember(at, property);
      this.#visit(property.value, at);
    }
  }

  #remember(path: PropertyKey[], node: Node): void {
    if (node.loc) this.#lines.set(pathText(path), node.loc.start.line);
  }
}

function nameOf(property: Property | SpreadElement): string | undefined {
  if (property.type !== "Property" || property.computed || property.shorthand || property.method || property.kind !== "init") return undefined;
  const { key } = property;
  return key.type === "Literal" && typeof key.value === "string" && isJson(key.raw) ? key.value : undefined;
}

function isJsonScalar(node: Expression): boolean {
  if (node.type === "UnaryExpression" && node.operator === "-") return isJsonScalar(node.argument) && isNumber(node.argument);
  return node.type === "Literal" && isJson(node.raw);
}

function isNumber(node: Expression): boolean {
  return node.type === "Literal" && typeof node.value === "number";
}

/** A literal of JavaScript need not be one of JSON: 'text', 0x10, a tab inside a text. */
function isJson(raw: string | undefined): boolean {
  return raw !== undefined && parseOrUndefined(raw) !== undefined;
}

function positionOf(source: string, offset: number): Position {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length } as Position;
}
