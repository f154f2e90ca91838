import MagicString from "magic-string";
import type { Program } from "acorn";
import type { Plugin } from "rollup";

/**
 * Rollup output plug-in: starts a new line at each top-level statement. The espruino CLI sends a program line by line and the
 * board runs each line when it is complete, so it never has to hold more than one statement's text.
 * @param hasSemicolons whether the semicolon stays before a new line that ends the statement as well
 */
export function statementLines(hasSemicolons = true): Plugin {
  return {
    name: "statement-lines",
    renderChunk(code) {
      const edited = new MagicString(code);
      const starts = (this.parse(code) as Program).body.map((statement) => statement.start);
      for (const start of starts) {
        const end = code.slice(0, start).trimEnd().length;
        if (!hasSemicolons && code[end - 1] === ";" && canFollow(code.slice(start))) edited.remove(end - 1, end);
        if (start > 0 && code[start - 1] !== "\n") edited.appendLeft(start, "\n");
      }
      return { code: edited.toString(), map: null };
    },
  };
}

// What cannot be read as the rest of the line before: a name, a keyword, or `!`.
function canFollow(text: string): boolean {
  return /^(\w|\$|!)/.test(text);
}
