import type MagicString from "magic-string";
import { findFunctionScopes, mayPrecede, type FunctionScope } from "./scopes.ts";
import { nodesIn, type Node } from "./syntax-tree.ts";

/**
 * Names that may be used before their declaration has run. The firmware hoists nothing: until then such a name means
 * whatever it means outside the function. Each gets a cell (`ǃcell` of the realm) that looks there first.
 */
export interface LateNames {
  /** The cell of a name whose declaration is `declaration`, if it is late. */
  cellOf(declaration: Node, name: string): string | undefined;
  /** The cell that a reference stands for, if it is late. */
  cellAt(reference: Node): string | undefined;
  /** What a function's body must begin with. */
  prologue(functionNode: Node): string;
}

/** Finds the late names of a program. */
export function findLateNames(tree: Node): LateNames {
  const byReference = new Map<Node, string>();
  const byDeclaration = new Map<Node, Map<string, string>>();
  const prologues = new Map<Node, string>();
  let count = 0;
  for (const scope of findFunctionScopes(tree)) {
    for (const name of lateNamesOf(scope)) {
      const cell = `ǃ${name}${++count}`;
      for (const reference of scope.references.get(name) ?? []) byReference.set(reference, cell);
      for (const { node } of scope.declarations.get(name)!) {
        byDeclaration.set(node, (byDeclaration.get(node) ?? new Map<string, string>()).set(name, cell));
      }
      prologues.set(scope.node, (prologues.get(scope.node) ?? "") + cellDeclaration(cell, name));
    }
  }
  return {
    cellOf: (declaration, name) => byDeclaration.get(declaration)?.get(name),
    cellAt: (reference) => byReference.get(reference),
    prologue: (functionNode) => prologues.get(functionNode) ?? "",
  };
}

/** Replaces a reference by its cell. */
export function replaceLateReference(code: MagicString, node: Node, parent: Node, cell: string): void {
  if (parent.type === "UnaryExpression" && parent.operator === "typeof") {
    code.update(parent.start, parent.end, `${cell}.typeOf()`);
  } else if (parent.type === "Property" && parent.shorthand) {
    code.update(node.start, node.end, `${String(node.name)}:${cell}.value`);
  } else if (parent.type === "CallExpression" && parent.callee === node) {
    code.update(node.start, node.end, `(0,${cell}.value)`);
  } else {
    code.update(node.start, node.end, `${cell}.value`);
  }
}

/** One late name makes all names of its `var` late, so that the statement can be rewritten as one expression. */
function lateNamesOf(scope: FunctionScope): Set<string> {
  const late = new Set<string>();
  for (const [name, declarations] of scope.declarations) {
    const references = scope.references.get(name) ?? [];
    if (references.some((each) => mayPrecede(each, declarations))) late.add(name);
  }
  for (let before = -1; before !== late.size; ) {
    before = late.size;
    for (const declarations of scope.declarations.values()) {
      for (const { node } of declarations) addTogether(node, late);
    }
  }
  return late;
}

function addTogether(declaration: Node, late: Set<string>): void {
  const names = nodesIn(declaration, "declarations").map((each) => String((each.id as Node).name));
  if (names.some((each) => late.has(each))) for (const each of names) late.add(each);
}

function cellDeclaration(cell: string, name: string): string {
  return `const ${cell}=ǃcell(()=>${name},ǃv=>${name}=ǃv,()=>typeof ${name});`;
}
