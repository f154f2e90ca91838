// What the build's plug-ins ask of a syntax tree.
import type { AnyNode, ReturnStatement } from "acorn";
import { full, fullAncestor } from "acorn-walk";

/** Any kind of function. */
export type FunctionNode = Extract<AnyNode, { params: unknown }>;

// The same is asked of the whole program again and again; a tree is never changed.
function remembered<Answer>(ask: (root: AnyNode) => Answer): (root: AnyNode) => Answer {
  const answers = new WeakMap<AnyNode, Answer>();
  return (root) => {
    if (!answers.has(root)) answers.set(root, ask(root));
    return answers.get(root)!;
  };
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

export function isCall({ type }: AnyNode): boolean {
  return type === "CallExpression" || type === "NewExpression";
}

/** Whether what has these ancestors, outermost first, stands in the block of a `try` of its own function that catches. */
export function isInTry(ancestors: readonly AnyNode[]): boolean {
  const own = ancestors.slice(ancestors.findLastIndex(isFunction) + 1);
  return own.some((node, index) => node.type === "TryStatement" && node.handler && node.block === own[index + 1]);
}

export function isLoop({ type }: AnyNode): boolean {
  return type.startsWith("For") || type === "WhileStatement" || type === "DoWhileStatement";
}

/** Every node below `root` and itself, each once. */
export const nodesIn = remembered((root: AnyNode): readonly AnyNode[] => {
  const nodes = new Set<AnyNode>();
  full(root, (node) => void nodes.add(node as AnyNode));
  return [...nodes];
});

/** All identifiers below `root`, whatever they name. */
function identifiersIn(root: AnyNode): Set<string> {
  return new Set(nodesIn(root).flatMap((node) => (node.type === "Identifier" ? [node.name] : [])));
}

/** Names of a "$" and one of these characters that nothing below `root` has. */
export function freeNames(root: AnyNode, ends: string): string[] {
  const taken = identifiersIn(root);
  return [...ends].map((end) => `$${end}`).filter((name) => !taken.has(name));
}

/** The names of parameters, variables and caught errors below `root`, those of functions inside too. */
export const declaredNames = remembered((root: AnyNode): ReadonlySet<string> => {
  const patterns = nodesIn(root).flatMap((node) => {
    if (isFunction(node)) return node.params;
    if (node.type === "VariableDeclarator") return [node.id];
    return node.type === "CatchClause" ? [node.param] : [];
  });
  return new Set(patterns.flatMap((pattern) => (pattern?.type === "Identifier" ? [pattern.name] : [])));
});

/** The names of variables that get another value below `root` than the one they were declared with. */
export const assignedNames = remembered((root: AnyNode): ReadonlySet<string> => {
  const targets = nodesIn(root).map((node) => {
    if (node.type === "AssignmentExpression" || node.type === "ForInStatement") return node.left;
    return node.type === "UpdateExpression" ? node.argument : undefined;
  });
  return new Set(targets.flatMap((target) => (target?.type === "Identifier" ? [target.name] : [])));
});

/** The returns of `root`, not those of functions inside. */
export function returnsOf(root: AnyNode): ReturnStatement[] {
  const returns: ReturnStatement[] = [];
  fullAncestor(root, (node, _state, ancestors) => {
    const isInside = (ancestors as AnyNode[]).slice(1, -1).some(isFunction);
    if (node.type === "ReturnStatement" && !isInside) returns.push(node as ReturnStatement);
  });
  return returns;
}
