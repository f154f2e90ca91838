// The last look at a bundle: everything the firmware is known not to parse, or to read differently from JavaScript, and what
// bundlers and compilers add without being asked. The firmware itself would notice only when the code is reached, if at all.
import { parse, tokTypes } from "acorn";
import type {
  AnyNode, AssignmentExpression, Function as FunctionNode, Identifier, Literal, MemberExpression, Node, SwitchStatement, Token,
} from "acorn";
import { fullAncestor } from "acorn-walk";
import type { Plugin } from "rollup";
import { unsupportedRegex } from "./firmware-regex.ts";
import { isCall, isInTry, nodesIn } from "./syntax-tree.ts";

/** A place in a bundle that the firmware cannot run. Line and column start at 1. */
export interface Unsupported {
  construct: string;
  line: number;
  column: number;
}

type Check = (node: AnyNode, ancestors: AnyNode[], code: string) => string | undefined;

/** The lexer keeps this many characters of a name; two longer names can become the same one. */
const NAME_LENGTH_MAX = 63;

/**
 * TypeScript's helpers: what it makes of syntax too new for ES5. Most need hoisting or parts of the library that the firmware
 * lacks; none are bundled (noEmitHelpers), so a name among these is a call of something that is not there.
 */
const HELPERS = new Set([
  "__assign", "__asyncValues", "__awaiter", "__extends", "__generator", "__makeTemplateObject", "__read", "__rest", "__spreadArray", "__values",
]);

const REFUSED_NODES: Partial<Record<AnyNode["type"], string>> = {
  ArrayPattern: "destructuring",
  AssignmentPattern: "default value",
  AwaitExpression: "await",
  ChainExpression: "optional chaining (?.)",
  ExportAllDeclaration: "export",
  ExportDefaultDeclaration: "export",
  ExportNamedDeclaration: "export",
  ImportDeclaration: "import",
  ImportExpression: "import()",
  LabeledStatement: "label",
  MetaProperty: "new.target",
  ObjectPattern: "destructuring",
  RestElement: "rest parameter",
  SpreadElement: "spread (...)",
  TaggedTemplateExpression: "tagged template",
  WithStatement: "with",
  YieldExpression: "yield",
};

const CHECKS: Check[] = [
  (node) => REFUSED_NODES[node.type],
  functionKind, classKind, operator, memberAccess, computedKey, literal, defaultCase, hole, lengthAssignment, bareReturn,
  inOfForInit, earlyUse, callInLiteralInTry,
];

/**
 * Finds what the firmware cannot run in a script, or in the body of a CommonJS module.
 * @returns one entry for each place, in the order of the text; a script that is not even JavaScript is one entry
 */
export function findUnsupported(code: string): Unsupported[] {
  const strange = /[^\0-\x7f]/.exec(code);
  if (strange) return [placeOf(code, strange.index, `character outside ASCII ("${strange[0]}")`)];
  const found: { construct: string; start: number }[] = [];
  const onToken = (token: Token): void => {
    const construct = nameFault(token);
    if (construct) found.push({ construct, start: token.start });
  };
  let tree: Node;
  try {
    tree = parse(code, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true, onToken });
  } catch (error) {
    const { message, pos } = error as SyntaxError & { pos: number };
    return [placeOf(code, pos, `syntax error: ${message}`)];
  }
  fullAncestor(tree, (visited, _state, ancestors) => {
    for (const check of CHECKS) {
      const construct = check(visited as AnyNode, ancestors as AnyNode[], code);
      if (construct) found.push({ construct, start: visited.start });
    }
  });
  const places = new Map(found.map((place) => [`${place.start} ${place.construct}`, place]));
  return [...places.values()].sort((a, b) => a.start - b.start).map(({ construct, start }) => placeOf(code, start, construct));
}

/** Rollup output plug-in: stops the build when the finished chunk holds anything the firmware cannot run. */
export function firmwareSyntax(): Plugin {
  return {
    name: "firmware-syntax",
    renderChunk(code, chunk) {
      const found = findUnsupported(code);
      if (found.length === 0) return null;
      const lines = code.split("\n");
      const places = found.slice(0, 10).map(({ construct, line, column }) =>
        `  ${construct} at ${chunk.fileName}:${line}:${column}: ${excerpt(lines[line - 1] ?? "", column)}`);
      return this.error(`The firmware cannot run ${chunk.fileName}:\n${places.join("\n")}\nWrite it another way in the TypeScript source.`);
    },
  };
}

function excerpt(line: string, column: number): string {
  return line.slice(Math.max(0, column - 21), column + 59).trim();
}

function placeOf(code: string, start: number, construct: string): Unsupported {
  const before = code.slice(0, start);
  const line = before.split("\n").length;
  return { construct, line, column: start - before.lastIndexOf("\n") };
}

function functionKind(node: AnyNode): string | undefined {
  if (!isFunction(node)) return undefined;
  if (node.async) return "async function";
  return node.generator ? "generator" : undefined;
}

// What an object literal throws before its last property the try block around it does not catch (2v29): having given up in the middle, the
// firmware takes the literal's brace for the block's.
function callInLiteralInTry(node: AnyNode, ancestors: AnyNode[]): string | undefined {
  if (node.type !== "ObjectExpression" || !isInTry(ancestors)) return undefined;
  return node.properties.slice(0, -1).some((property) => nodesIn(property).some(isCall)) ? "call in an object literal inside try, before its last property" : undefined;
}

function classKind(node: AnyNode): string | undefined {
  return (node.type === "ClassDeclaration" || node.type === "ClassExpression") && node.superClass ? "class extends" : undefined;
}

function operator(node: AnyNode): string | undefined {
  if (node.type === "BinaryExpression" && node.operator === "**") return "**";
  if (node.type !== "AssignmentExpression") return undefined;
  return ["**=", "||=", "&&=", "??="].includes(node.operator) ? node.operator : undefined;
}

function memberAccess(node: AnyNode): string | undefined {
  if (node.type !== "MemberExpression" || node.object.type !== "Identifier") return undefined;
  const path = `${node.object.name}.${propertyName(node) ?? ""}`;
  return path === "Object.freeze" ? path : undefined;
}

function computedKey(node: AnyNode): string | undefined {
  return node.type === "Property" && node.computed ? "computed key" : undefined;
}

function literal(node: AnyNode): string | undefined {
  if (node.type !== "Literal") return undefined;
  if (node.bigint) return "BigInt";
  if (typeof node.value === "string" && /[^\\](\\\\)*\\u\{/.test(node.raw ?? "")) return "\\u{...} in a string";
  return node.regex ? regexFault(node) : undefined;
}

function regexFault(node: Literal): string | undefined {
  const { pattern, flags } = node.regex ?? { pattern: "", flags: "" };
  const fault = unsupportedRegex(pattern, flags);
  return fault && `regular expression ${node.raw} (${fault})`;
}

// From the tokens, because a walk over the tree leaves out the names of properties.
function nameFault(token: Token): string | undefined {
  const { type, value } = token as Token & { value: unknown };
  if (value === "__esModule") return value;
  if (type === tokTypes.privateId) return "private name (#)";
  if (type !== tokTypes.name || typeof value !== "string") return undefined;
  if (HELPERS.has(value)) return `TypeScript's helper ${value}`;
  return value.length > NAME_LENGTH_MAX ? `name longer than ${NAME_LENGTH_MAX} characters` : undefined;
}

function defaultCase(node: AnyNode): string | undefined {
  if (node.type !== "SwitchStatement") return undefined;
  return hasDefaultBeforeCase(node) ? "default that is not the last case" : undefined;
}

function hasDefaultBeforeCase({ cases }: SwitchStatement): boolean {
  return cases.slice(0, -1).some((single) => !single.test);
}

function hole(node: AnyNode, ancestors: AnyNode[]): string | undefined {
  if (node.type !== "ArrayExpression" || !node.elements.includes(null)) return undefined;
  return ancestors.some(({ type }) => type === "SwitchCase") ? "array with a hole inside a switch" : undefined;
}

function lengthAssignment(node: AnyNode): string | undefined {
  const target = node.type === "UpdateExpression" ? node.argument : (node as AssignmentExpression).left;
  if (node.type !== "UpdateExpression" && node.type !== "AssignmentExpression") return undefined;
  return target.type === "MemberExpression" && propertyName(target) === "length" ? "assignment to length" : undefined;
}

// A `return` at the end of a line returns the next line's value.
function bareReturn(node: AnyNode, _ancestors: AnyNode[], code: string): string | undefined {
  if (node.type !== "ReturnStatement" || node.argument || code[node.end - 1] === ";") return undefined;
  return /^\s*(\}|$)/.test(code.slice(node.end, node.end + 200)) ? undefined : "return without a semicolon";
}

function inOfForInit(node: AnyNode, ancestors: AnyNode[]): string | undefined {
  if (node.type !== "BinaryExpression" || node.operator !== "in") return undefined;
  const isInit = ancestors.some((ancestor, at) => ancestor.type === "ForStatement" && ancestor.init === ancestors[at + 1]);
  return isInit ? "in within the first part of a for" : undefined;
}

// Nothing is hoisted: a function exists from its declaration on. Code inside another function may run later, unless that one
// is called where it stands.
function earlyUse(node: AnyNode, ancestors: AnyNode[]): string | undefined {
  if (node.type !== "Identifier" || !isReference(node, ancestors.at(-2))) return undefined;
  for (let at = ancestors.length - 2; at >= 0; at--) {
    const scope = ancestors[at] as AnyNode;
    const declared = declarationIn(scope, node.name);
    if (declared) return declared.start > node.start ? `use of function ${node.name} before its declaration` : undefined;
    if (isFunction(scope) && !isCalledInPlace(scope, ancestors[at - 1])) return undefined;
  }
  return undefined;
}

function declarationIn(scope: AnyNode, wanted: string): Node | undefined {
  if (scope.type !== "Program" && scope.type !== "BlockStatement") return undefined;
  return scope.body.find((statement) => statement.type === "FunctionDeclaration" && statement.id?.name === wanted);
}

function isReference(node: Identifier, parent: AnyNode | undefined): boolean {
  if (!parent) return false;
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed;
  if (parent.type === "Property") return parent.value === node;
  return !isFunction(parent);
}

function isCalledInPlace(node: FunctionNode, parent: AnyNode | undefined): boolean {
  return parent?.type === "CallExpression" && parent.callee === (node as AnyNode);
}

function isFunction(node: AnyNode): node is AnyNode & FunctionNode {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

function propertyName(node: MemberExpression): string | undefined {
  if (!node.computed) return (node.property as Identifier).name;
  return node.property.type === "Literal" ? String(node.property.value) : undefined;
}
