import type { Rule } from "eslint";
import type { Expression, SimpleCallExpression, SpreadElement } from "estree";
import { unsupportedRegex } from "../rollup/firmware-regex.ts";

/** Forbids regular expressions that the firmware does not match as JavaScript does; it does so silently. */
export const supportedRegex: Rule.RuleModule = {
  meta: {
    type: "problem",
    docs: { description: "Regular expressions have to be ones the firmware can match" },
    messages: { unsupported: "The firmware cannot match this: {{ fault }}." },
    schema: [],
  },
  create(context) {
    const check = (node: Rule.Node, pattern: string, flags: string): void => {
      const fault = unsupportedRegex(pattern, flags);
      if (fault) context.report({ node, messageId: "unsupported", data: { fault } });
    };
    return {
      Literal(node) {
        if ("regex" in node) check(node, node.regex.pattern, node.regex.flags);
      },
      ":matches(NewExpression, CallExpression)[callee.name='RegExp']"(node: SimpleCallExpression & Rule.NodeParentExtension) {
        const pattern = stringOf(node.arguments[0]);
        if (pattern !== undefined) check(node, pattern, stringOf(node.arguments[1]) ?? "");
      },
    };
  },
};

function stringOf(node: Expression | SpreadElement | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
