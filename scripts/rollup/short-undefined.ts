import { parse } from "acorn";
import type { Node } from "acorn";
import { full } from "acorn-walk";
import MagicString from "magic-string";
import type { Plugin } from "rollup";

/** A name the minifier keeps free for this. */
export const UNDEFINED_NAME = "$";

/** Below this many uses the declaration costs as much as it saves. */
const USES_MIN = 3;

/**
 * Rollup output plug-in for minified chunks: one variable that nothing is ever assigned to stands in for each `void 0`, of which
 * a program holds about a hundred (six bytes each). It is declared first, where the firmware finds it first.
 */
export function shortUndefined(): Plugin {
  return {
    name: "short-undefined",
    renderChunk(code) {
      const uses: Node[] = [];
      let isTaken = false;
      full(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
        const text = code.slice(node.start, node.end);
        isTaken ||= node.type === "Identifier" && text === UNDEFINED_NAME;
        if (node.type === "UnaryExpression" && text === "void 0") uses.push(node);
      });
      if (isTaken || uses.length < USES_MIN) return null;
      const edited = new MagicString(code).prepend(`var ${UNDEFINED_NAME};`);
      for (const { start, end } of uses) edited.overwrite(start, end, UNDEFINED_NAME);
      return { code: edited.toString(), map: null };
    },
  };
}
