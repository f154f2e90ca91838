import MagicString from "magic-string";
import type { Program } from "acorn";
import type { Plugin } from "rollup";

/**
 * Rollup output plug-in: starts a new line at each top-level statement. The espruino CLI sends a program line by line and the
 * board runs each line when it is complete, so it never has to hold more than one statement's text.
 */
export function statementLines(): Plugin {
  return {
    name: "statement-lines",
    renderChunk(code) {
      const edited = new MagicString(code);
      const starts = (this.parse(code) as Program).body.map((statement) => statement.start);
      for (const start of starts) {
        if (start > 0 && code[start - 1] !== "\n") edited.appendLeft(start, "\n");
      }
      return { code: edited.toString(), map: null };
    },
  };
}
