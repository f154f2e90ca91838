import * as acorn from "acorn";
import { LanguageError } from "./language-error.ts";
import type { Node } from "./syntax-tree.ts";

/**
 * Parses a script. Its text is a byte string: one character for each byte.
 * @throws {LanguageError} when it is no JavaScript, or holds bytes above 0x7F outside strings, templates and comments
 */
export function parse(source: string): Node {
  const textual: [number, number][] = [];
  const tree = parseScript(source, textual);
  refuseBytesAbove127(source, textual);
  return tree;
}

function parseScript(source: string, textual: [number, number][]): Node {
  try {
    return acorn.parse(source, {
      ecmaVersion: 2022,
      sourceType: "script",
      locations: true,
      onComment: (_block, _text, start, end) => textual.push([start, end]),
      onToken: (token) => {
        if (/^(string|template|invalidTemplate|regexp)$/.test(token.type.label)) textual.push([token.start, token.end]);
      },
    }) as unknown as Node;
  } catch (error) {
    throw asLanguageError(error);
  }
}

function asLanguageError(error: unknown): Error {
  const { message, loc } = error as Error & { loc?: { line: number; column: number } };
  if (!loc) return error as Error;
  return new LanguageError(message.replace(/ \(\d+:\d+\)$/, ""), loc.line, loc.column + 1);
}

function refuseBytesAbove127(source: string, textual: readonly [number, number][]): void {
  for (const match of source.matchAll(/[^\x00-\x7f]/g)) {
    const at = match.index;
    if (textual.some(([start, end]) => start <= at && at < end)) continue;
    const before = source.slice(0, at).split("\n");
    const code = source.charCodeAt(at).toString(16).toUpperCase();
    throw new LanguageError(`Unexpected byte 0x${code} outside a string`, before.length, before.at(-1)!.length + 1);
  }
}
