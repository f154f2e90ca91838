import type MagicString from "magic-string";
import type { LateNames } from "./late-names.ts";
import { nodesIn, type Node } from "./syntax-tree.ts";

/** Where a declaration stands. */
export interface Place {
  /** Outside all functions: names are properties of the global object. */
  global: boolean;
  /** Directly in the script, not in a block of it. */
  topLevel: boolean;
  /** In the brackets of a `for`, where no semicolon may be added. */
  inFor: boolean;
  /** The variable of a `for ... in` or `for ... of`: the loop itself assigns it. */
  isLoopTarget: boolean;
}

/** `function f() {}` runs where it stands: an assignment of a nameless function. */
export function rewriteFunction(code: MagicString, node: Node, place: Place, late: LateNames): void {
  const id = node.id as Node;
  const name = String(id.name);
  const cell = late.cellOf(node, name);
  const target = cell ? `${cell}.declared` : place.global ? name : `var ${name}`;
  code.update(node.start, id.end, `${target}=function`);
  code.prependLeft(node.end, ";");
}

/** A class directly in the script is a global that later lines see and may replace. */
export function rewriteClass(code: MagicString, node: Node, place: Place): void {
  if (!place.topLevel) return;
  code.appendLeft(node.start, `${String((node.id as Node).name)}=`);
  code.prependLeft(node.end, ";");
}

/** `var` takes effect where it stands; `let` and `const` directly in the script are globals. */
export function rewriteVariables(code: MagicString, node: Node, source: string, place: Place, late: LateNames): void {
  const declarators = nodesIn(node, "declarations");
  const first = declarators[0]!;
  const isLate = node.kind === "var" && late.cellOf(node, nameOf(first)) !== undefined;
  if (!isLate && !(node.kind === "var" ? place.global : place.topLevel)) return;
  if (!place.inFor && source[node.end - 1] !== ";") code.prependLeft(node.end, ";");
  dropKeyword(code, node, first);
  for (const each of declarators) {
    if (isLate) rewriteLate(code, each, late.cellOf(node, nameOf(each))!, place);
    else rewriteGlobal(code, each, String(node.kind), place);
  }
}

function rewriteLate(code: MagicString, declarator: Node, cell: string, place: Place): void {
  const id = declarator.id as Node;
  code.update(id.start, id.end, declarator.init || place.isLoopTarget ? `${cell}.declared` : `${cell}.declare()`);
}

function rewriteGlobal(code: MagicString, declarator: Node, kind: string, place: Place): void {
  const id = declarator.id as Node;
  const init = declarator.init as Node | null;
  const name = nameOf(declarator);
  if (kind === "const" && init) {
    code.update(id.start, init.start, `ǃconst(${JSON.stringify(name)},`);
    code.prependLeft(init.end, ")");
  } else if (!init && !place.isLoopTarget) {
    code.update(id.start, id.end, kind === "var" ? `ǃvar(${JSON.stringify(name)})` : `${name}=void 0`);
  }
}

function dropKeyword(code: MagicString, node: Node, first: Node): void {
  code.update(node.start, first.start, " ");
}

function nameOf(declarator: Node): string {
  return String((declarator.id as Node).name);
}
