// In a minified bundle, gives a name to each text that stands there so often that the name is shorter. On the board such a text is
// kept in RAM once, where a program in flash would read it in place: a few variables for several hundred bytes.
import { parse } from "acorn";
import type { Literal, Node } from "acorn";
import { fullAncestor } from "acorn-walk";
import MagicString from "magic-string";
import type { Plugin } from "rollup";
import { freeNames } from "./syntax-tree.ts";

/** `var x="...",`: what a named text costs besides itself. */
const DECLARATION_BYTES = 4;
const NAME_ENDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Rollup output plug-in for minified chunks; see writeSharedStrings. */
export function sharedStrings(): Plugin {
  return { name: "shared-strings", renderChunk: (code) => writeSharedStrings(code) };
}

/** @returns the code with one declaration in front that names the texts, and the names in their places */
export function writeSharedStrings(code: string): string {
  const program = parse(code, { ecmaVersion: 2020, sourceType: "module" });
  const names = freeNames(program, NAME_ENDS);
  const edited = new MagicString(code);
  const declarations: string[] = [];
  for (const [text, places] of textsOf(program)) {
    const name = names[declarations.length];
    if (name === undefined || saving(text, name, places) <= 0) continue;
    declarations.push(`${name}=${text}`);
    for (const { start, end } of places) edited.overwrite(start, end, spaced(code, start, name));
  }
  return declarations.length === 0 ? code : `var ${declarations.join(",")};\n${edited.toString()}`;
}

function saving(text: string, name: string, places: Literal[]): number {
  return places.length * (text.length - name.length) - (text.length + name.length + DECLARATION_BYTES);
}

// `return"x"` and `case"x"` need a blank before a name.
function spaced(code: string, start: number, name: string): string {
  return /[\w$]/.test(code[start - 1] ?? "") ? ` ${name}` : name;
}

// Keys of objects are no values, and neither are the strings of import and export.
function textsOf(program: Node): Map<string, Literal[]> {
  const texts = new Map<string, Literal[]>();
  fullAncestor(program, (node, _state, ancestors) => {
    const literal = node as Literal;
    if (literal.type !== "Literal" || typeof literal.value !== "string" || isKey(literal, ancestors.at(-2))) return;
    const places = texts.get(literal.raw ?? "") ?? [];
    texts.set(literal.raw ?? "", [...places, literal]);
  });
  return texts;
}

function isKey(literal: Literal, parent: Node | undefined): boolean {
  return parent?.type === "Property" && (parent as Node & { key: Node }).key === literal;
}
