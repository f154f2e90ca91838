import type { Rule, SourceCode } from "eslint";
import type { CallExpression, Node } from "estree";

/**
 * Demands that `clearTimeout` and `clearInterval` get an id that was just found to be there: on the firmware
 * `clearTimeout(undefined)` throws, and without an argument it deletes every timer of the program.
 */
export const checkedTimerId: Rule.RuleModule = {
  meta: {
    type: "problem",
    docs: { description: "clearTimeout and clearInterval take an id that an enclosing if or && has checked" },
    messages: {
      missing: "{{ name }}() without an id deletes all timers of the program. Pass the timer's id.",
      unnamed: "{{ name }} takes a variable or property that holds the id, so that it can be checked: it throws on undefined.",
      unchecked: "{{ name }} throws on undefined. Put it inside `if ({{ id }}) ...` or `{{ id }} && ...`.",
    },
    schema: [],
  },
  create(context) {
    return {
      "CallExpression[callee.name=/^clear(Timeout|Interval)$/]"(node: CallExpression & Rule.NodeParentExtension) {
        const name = (node.callee as { name: string }).name;
        const id = withoutTypes(node.arguments[0]);
        if (!id) context.report({ node, messageId: "missing", data: { name } });
        else if (id.type !== "Identifier" && id.type !== "MemberExpression") context.report({ node, messageId: "unnamed", data: { name } });
        else if (!isChecked(node, context.sourceCode.getText(id), context.sourceCode)) {
          context.report({ node, messageId: "unchecked", data: { name, id: context.sourceCode.getText(id) } });
        }
      },
    };
  },
};

function isChecked(call: Rule.Node, id: string, source: SourceCode): boolean {
  for (let node: Rule.Node = call; node.parent && !/Function/.test(node.type); node = node.parent) {
    const parent = node.parent;
    const isThen = (parent.type === "IfStatement" || parent.type === "ConditionalExpression") && parent.consequent === node;
    if (isThen && implies(parent.test, id, source)) return true;
    if (parent.type === "LogicalExpression" && parent.operator === "&&" && parent.right === node && implies(parent.left, id, source)) return true;
  }
  return false;
}

// Whether a true condition says that the id is there.
function implies(condition: Node, id: string, source: SourceCode): boolean {
  if (condition.type === "LogicalExpression" && condition.operator === "&&") {
    return implies(condition.left, id, source) || implies(condition.right, id, source);
  }
  if (condition.type === "BinaryExpression" && /^!==?$/.test(condition.operator)) {
    const isNothing = /^(undefined|null|void 0)$/.test(source.getText(condition.right));
    return isNothing && source.getText(condition.left) === id && !(condition.operator === "!==" && source.getText(condition.right) === "null");
  }
  return source.getText(condition) === id;
}

function withoutTypes(node: Node | undefined): Node | undefined {
  const wrapper = node as { type: string; expression?: Node } | undefined;
  return wrapper && /^TS(NonNull|As|TypeAssertion|Satisfies)/.test(wrapper.type) ? withoutTypes(wrapper.expression) : node;
}
