// Which short name each function, variable and private property gets in a minified bundle. Left alone, terser gives them out in the order
// in which they are declared, and what is used most often may get two letters.
import { parse } from "acorn";
import type { AnyNode, Identifier, Program } from "acorn";
import { declaredNames, nodesIn } from "./syntax-tree.ts";

/** terser's nameCache: the name in the bundle, with "$" in front, and its short form. */
export interface NameCache {
  vars: { props: Record<string, string> };
  props: { props: Record<string, string> };
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"];
const PAIRS = LETTERS.flatMap((first) => [...LETTERS, ..."0123456789"].map((second) => first + second));
const KEYWORDS = ["as", "do", "if", "in", "is", "of"];

/**
 * @param code the bundle to be minified
 * @param properties the names of properties that may be shortened
 * @param reserved names that no variable may get
 * @returns the shortest names for what the code names most often; names of variables and of properties are apart
 */
export function shortNames(code: string, properties: string[], reserved: string[]): NameCache {
  const program = parse(code, { ecmaVersion: 2020, sourceType: "module" });
  const variables = new Set(program.body.flatMap(declaredBy));
  const inner = declaredNames(program);
  const used = { variables: [] as string[], properties: [] as string[] };
  for (const node of nodesIn(program)) {
    if (node.type === "Identifier" && (variables.has(node.name) || !inner.has(node.name))) used.variables.push(node.name);
    const key = keyOf(node);
    if (key) used.properties.push(key);
  }
  return {
    vars: { props: cacheOf(used.variables, variables, reserved) },
    props: { props: cacheOf(used.properties, new Set(properties), []) },
  };
}

function declaredBy(statement: Program["body"][number]): string[] {
  if (statement.type === "FunctionDeclaration") return [statement.id.name];
  return statement.type === "VariableDeclaration" ? statement.declarations.map(({ id }) => (id as Identifier).name) : [];
}

function keyOf(node: AnyNode): string | undefined {
  const key = node.type === "MemberExpression" && !node.computed ? node.property : node.type === "Property" ? node.key : undefined;
  return key?.type === "Identifier" ? key.name : undefined;
}

function cacheOf(uses: string[], shortened: Set<string>, reserved: string[]): Record<string, string> {
  const taken = new Set([...KEYWORDS, ...reserved, ...uses.filter((name) => !shortened.has(name))]);
  const counts = new Map<string, number>();
  for (const name of uses) if (shortened.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const free = [...LETTERS, ...PAIRS].filter((name) => !taken.has(name));
  return Object.fromEntries(names.map((name, index) => [`$${name}`, free[index]!]));
}
