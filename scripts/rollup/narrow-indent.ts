import type { Plugin } from "rollup";

/** As the TypeScript compiler writes them. */
const LEVEL = /^(?: {4})+/gm;
const LEVEL_BYTES = 4;

/**
 * Rollup output plug-in for readable bundles: one blank for each level. The board holds the text of a module while it runs it, and four
 * blanks a level are a tenth of it. (No tabs: the firmware's console completes words at them.)
 */
export function narrowIndent(): Plugin {
  return { name: "narrow-indent", renderChunk: (code) => ({ code: narrowed(code), map: null }) };
}

/** The code with one blank in place of four at the start of its lines. */
export function narrowed(code: string): string {
  return code.replace(LEVEL, (blanks) => " ".repeat(blanks.length / LEVEL_BYTES));
}
