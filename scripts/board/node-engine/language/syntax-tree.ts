import type * as acorn from "acorn";

/** A node of the syntax tree as this step walks it: without one type for each kind of node. */
export type Node = acorn.Node & Record<string, unknown>;

const NOT_CHILDREN = new Set(["type", "start", "end", "loc", "range", "value", "raw", "regex", "bigint", "directive"]);

/** The nodes directly below `node`, in the order of the source. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const key of Object.keys(node)) {
    if (NOT_CHILDREN.has(key) && !isNode(node[key])) continue;
    const value = node[key];
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) children.push(...value.filter(isNode));
  }
  return children.sort((a, b) => a.start - b.start);
}

/** Calls `visit` for `node` and all below it, parents first; `ancestors` ends with the parent. */
export function walk(node: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = [];
  const descend = (current: Node): void => {
    visit(current, ancestors);
    ancestors.push(current);
    for (const child of childrenOf(current)) descend(child);
    ancestors.pop();
  };
  descend(node);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** A function of any kind. */
export function isFunction(node: Node): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

export function isLoop(node: Node): boolean {
  return /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
}

/** The nodes in `node[key]`, whether it holds one, several or none. */
export function nodesIn(node: Node, key: string): Node[] {
  const value = node[key];
  if (Array.isArray(value)) return value.filter(isNode);
  return isNode(value) ? [value] : [];
}
