import { LanguageError } from "./language-error.ts";
import { unsupportedInRegExp } from "./regular-expressions.ts";
import { isFunction, nodesIn, walk, type Node } from "./syntax-tree.ts";

type Check = (node: Node, ancestors: readonly Node[]) => string | undefined;

/** What the firmware's parser lacks, by kind of node. */
const CHECKS: Record<string, Check> = {
  LabeledStatement: () => "label",
  AwaitExpression: () => "await",
  YieldExpression: () => "yield",
  ForOfStatement: (node) => (node.await ? "for await" : undefined),
  ObjectPattern: () => "destructuring",
  ArrayPattern: () => "destructuring",
  AssignmentPattern: () => "default value of a parameter",
  RestElement: () => "rest parameter",
  SpreadElement: () => "spread (...)",
  ChainExpression: () => "optional chaining (?.)",
  PrivateIdentifier: () => "private name (#)",
  MetaProperty: () => "new.target",
  ImportExpression: () => "import()",
  WithStatement: () => "with",
  TaggedTemplateExpression: () => "tagged template",
  StaticBlock: () => "static block of a class",
  BinaryExpression: (node) => (node.operator === "**" ? "** (use Math.pow)" : undefined),
  AssignmentExpression: (node) => logicalOrPower(String(node.operator)),
  Property: (node) => (node.computed ? "computed property name" : undefined),
  MethodDefinition: (node) => (node.computed ? "computed method name" : undefined),
  PropertyDefinition: (node) => (node.computed ? "computed field name" : undefined),
  SwitchStatement: (node) => (hasDefaultBeforeCase(node) ? "CASE after DEFAULT" : undefined),
  ForStatement: (node) => (holdsIn(node.init) ? "in inside the brackets of for" : undefined),
  ArrayExpression: (node, ancestors) => holeInSwitch(node, ancestors),
  Literal: (node) => literal(node),
  TemplateElement: (node) => codePointEscape((node.value as { raw: string }).raw),
};

/**
 * Stops a program that the firmware could not parse, before it runs.
 * @throws {LanguageError} that names the construct and its place
 */
export function refuseUnsupported(tree: Node, source: string): void {
  walk(tree, (node, ancestors) => {
    const construct = unsupportedFunction(node) ?? escapedName(node, source) ?? CHECKS[node.type]?.(node, ancestors);
    if (!construct) return;
    const { line, column } = node.loc!.start;
    throw new LanguageError(`Espruino does not support: ${construct}`, line, column + 1);
  });
}

function unsupportedFunction(node: Node): string | undefined {
  if (!isFunction(node)) return undefined;
  if (node.async) return "async function";
  return node.generator ? "generator function" : undefined;
}

function escapedName(node: Node, source: string): string | undefined {
  if (node.type !== "Identifier") return undefined;
  return source.slice(node.start, node.end).includes("\\") ? "escape in a name" : undefined;
}

function logicalOrPower(operator: string): string | undefined {
  return /^(\*\*|&&|\|\||\?\?)=$/.test(operator) ? operator : undefined;
}

function hasDefaultBeforeCase(node: Node): boolean {
  return nodesIn(node, "cases").slice(0, -1).some((each) => each.test === null);
}

function holdsIn(init: unknown): boolean {
  let found = false;
  if (init) walk(init as Node, (node) => void (found ||= node.type === "BinaryExpression" && node.operator === "in"));
  return found;
}

/** A hole parses when it is run, but the firmware's parser cannot skip one: a case that is not taken skips. */
function holeInSwitch(node: Node, ancestors: readonly Node[]): string | undefined {
  const hasHole = (node.elements as unknown[]).includes(null);
  return hasHole && ancestors.some((each) => each.type === "SwitchCase") ? "array hole inside a switch" : undefined;
}

function literal(node: Node): string | undefined {
  if (node.bigint) return "BigInt";
  const regex = node.regex as { pattern: string; flags: string } | undefined;
  if (regex) return unsupportedInRegExp(regex.pattern, regex.flags);
  return typeof node.value === "string" ? codePointEscape(String(node.raw)) : undefined;
}

function codePointEscape(raw: string): string | undefined {
  return /(^|[^\\])(\\\\)*\\u\{/.test(raw) ? "\\u{...}" : undefined;
}
