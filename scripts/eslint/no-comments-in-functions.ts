import type { Rule } from "eslint";
import type { Node } from "estree";

/**
 * Forbids comments inside functions. The firmware keeps a function as its source text and reads it anew at each run; whoever
 * uploads unbundled code pays for comments there in memory and time. Instructions to ESLint are let through.
 */
export const noCommentsInFunctions: Rule.RuleModule = {
  meta: {
    type: "suggestion",
    docs: { description: "Comments stand outside functions" },
    messages: { inside: "Comments stand outside functions: the firmware stores and reads a function as its source text." },
    schema: [],
  },
  create(context) {
    const bodies: [number, number][] = [];
    return {
      ":function > BlockStatement.body"(node: Node) {
        bodies.push(node.range ?? [0, 0]);
      },
      "Program:exit"() {
        for (const comment of context.sourceCode.getAllComments()) {
          const [start, end] = comment.range ?? [0, 0];
          const isInside = bodies.some(([bodyStart, bodyEnd]) => bodyStart < start && end < bodyEnd);
          if (isInside && !/^\s*eslint-/.test(comment.value) && comment.loc) context.report({ loc: comment.loc, messageId: "inside" });
        }
      },
    };
  },
};
