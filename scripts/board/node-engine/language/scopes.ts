import { childrenOf, isFunction, isLoop, isNode, nodesIn, type Node } from "./syntax-tree.ts";

/** Where a `var` or a function declaration stands, and the stretch of source in which it surely has run. */
interface Declaration {
  /** The whole declaration. */
  node: Node;
  /** The block, branch or case around it: outside, the declaration may not have run. */
  region: Node;
}

/** A function, and the names that belong to it in the firmware. */
export interface FunctionScope {
  node: Node;
  declarations: Map<string, Declaration[]>;
  references: Map<string, Node[]>;
}

interface Scope {
  names: Set<string>;
  parent: Scope | undefined;
  /** Set for the scope of a function's own `var`s. */
  functionScope?: FunctionScope;
}

/**
 * Finds, for each function, its `var`s and function declarations and everything that refers to them. What is declared
 * outside all functions is left out: those names are properties of the global object.
 */
export function findFunctionScopes(tree: Node): FunctionScope[] {
  const found: FunctionScope[] = [];
  visit(tree, undefined, tree, undefined, found);
  return found;
}

function visit(
  node: Node,
  scope: Scope | undefined,
  region: Node,
  parent: Node | undefined,
  found: FunctionScope[],
): void {
  if (isFunction(node)) return visitFunction(node, scope, found);
  if (node.type === "Identifier") {
    if (isReference(node, parent)) refer(node, scope);
    return;
  }
  const inner = opensScope(node) ? { names: lexicalNames(node), parent: scope } : scope;
  for (const child of childrenOf(node)) visit(child, inner, regionOf(child, node, region), node, found);
}

function visitFunction(node: Node, outer: Scope | undefined, found: FunctionScope[]): void {
  const params = new Set(nodesIn(node, "params").map((each) => String(each.name)).concat("arguments"));
  const functionScope: FunctionScope = { node, declarations: new Map(), references: new Map() };
  const ownName = node.type === "FunctionExpression" && isNode(node.id) ? [String(node.id.name)] : [];
  const nameScope: Scope = { names: new Set(ownName), parent: outer };
  const scope: Scope = { names: params, parent: nameScope, functionScope };
  const body = node.body as Node;
  collectDeclared(body, body, functionScope, params);
  for (const name of functionScope.declarations.keys()) scope.names.add(name);
  found.push(functionScope);
  if (body.type !== "BlockStatement") return visit(body, scope, body, node, found);
  const lexical: Scope = { names: lexicalNames(body), parent: scope };
  for (const child of childrenOf(body)) visit(child, lexical, body, body, found);
}

/** Enters the `var`s and functions of one function body, without looking into functions inside it. */
function collectDeclared(node: Node, region: Node, scope: FunctionScope, params: ReadonlySet<string>): void {
  for (const { name, declaration } of declaredBy(node)) {
    if (params.has(name)) continue;
    const entries = scope.declarations.get(name) ?? [];
    scope.declarations.set(name, [...entries, { node: declaration, region }]);
  }
  if (isFunction(node) && node !== scope.node) return;
  for (const child of childrenOf(node)) collectDeclared(child, regionOf(child, node, region), scope, params);
}

function declaredBy(node: Node): { name: string; declaration: Node }[] {
  if (node.type === "FunctionDeclaration") return [{ name: String((node.id as Node).name), declaration: node }];
  if (node.type !== "VariableDeclaration" || node.kind !== "var") return [];
  return nodesIn(node, "declarations").map((each) => ({ name: String((each.id as Node).name), declaration: node }));
}

/** The nearest stretch that may be left out when the code around it runs. */
function regionOf(child: Node, parent: Node, region: Node): Node {
  if (parent.type === "SwitchCase" && child !== parent.test) return parent;
  if (parent.type === "IfStatement" && child !== parent.test) return child;
  if (isLoop(parent) && child === parent.body) return child;
  return /^(TryStatement|CatchClause)$/.test(parent.type) && child.type === "BlockStatement" ? child : region;
}

const SCOPED = /^((Block|For|ForIn|ForOf|Switch)Statement|CatchClause|ClassExpression)$/;

function opensScope(node: Node): boolean {
  return SCOPED.test(node.type);
}

function lexicalNames(node: Node): Set<string> {
  const names = new Set<string>();
  const declaring = ["body", "init", "left"].flatMap((key) => nodesIn(node, key));
  for (const each of nodesIn(node, "cases")) declaring.push(...nodesIn(each, "consequent"));
  for (const each of declaring) {
    if (each.type === "ClassDeclaration") names.add(String((each.id as Node).name));
    if (each.type !== "VariableDeclaration" || each.kind === "var") continue;
    for (const declarator of nodesIn(each, "declarations")) names.add(String((declarator.id as Node).name));
  }
  if (node.type === "CatchClause" && isNode(node.param)) names.add(String(node.param.name));
  if (node.type === "ClassExpression" && isNode(node.id)) names.add(String(node.id.name));
  return names;
}

function refer(identifier: Node, scope: Scope | undefined): void {
  const name = String(identifier.name);
  let current = scope;
  while (current && !current.names.has(name)) current = current.parent;
  const declared = current?.functionScope;
  if (!declared?.declarations.has(name)) return;
  declared.references.set(name, [...(declared.references.get(name) ?? []), identifier]);
}

/** An identifier that names a variable, and not a property or a label. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (!parent) return false;
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed === true;
  if (parent.type === "VariableDeclarator") return parent.init === node;
  if (parent.type === "Property") return parent.value === node;
  if (parent.type === "MethodDefinition" || parent.type === "PropertyDefinition") return parent.value === node;
  return !/^(Break|Continue)Statement$|^Class/.test(parent.type) || parent.superClass === node;
}

/** True when a reference may be reached before the first declaration of its name has run. */
export function mayPrecede(reference: Node, declarations: readonly Declaration[]): boolean {
  const { node, region } = declarations[0]!;
  return reference.start < node.start || reference.end > region.end;
}
