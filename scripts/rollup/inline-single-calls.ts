// Writes the body of a function that is called in one place only into that place: on the board a function costs its name, its
// parameters, `return`, a frame on a small stack, and variables. The minifier's own way (terser's reduce_funcs) leaves a function
// expression where the body has statements, and the firmware would make that anew, in RAM, each time.
import { parse } from "acorn";
import type { AnyNode, CallExpression, FunctionDeclaration, Identifier, MemberExpression, Program, Statement } from "acorn";
import { fullAncestor } from "acorn-walk";
import MagicString from "magic-string";
import type { Plugin } from "rollup";
import { assignedNames, declaredNames, isCall, isFunction, isInTry, isLoop, nodesIn, returnsOf } from "./syntax-tree.ts";

/** A call of a function that is called nowhere else. */
interface SingleCall {
  callee: FunctionDeclaration;
  call: CallExpression;
  /** What the call is part of, from the program down to the call's parent. */
  ancestors: AnyNode[];
  /** The innermost statement among them. */
  statement: Statement;
  /** Names that can mean another value at another time. */
  changing: Set<string>;
}

/** What stands for the names of the callee in the place of the call. */
interface Names {
  renames: Map<string, string>;
  /** Variables for the parameters that need one. */
  declarations: string;
}

/** The most characters of a function, readable, that moves: variables live on the board until the function they are in ends. */
const CALLEE_CHARACTERS_MAX = 800;

/** Rollup output plug-in, for the chunk as rollup writes it; see writeInlined. */
export function inlineSingleCalls(): Plugin {
  return { name: "inline-single-calls", renderChunk: (code) => ({ code: writeInlined(code), map: null }) };
}

/**
 * @param code a bundle in ES5
 * @returns the code with the functions at its top that one call alone refers to written out there, where statements can do it and
 * neither a result nor the order of what happens changes
 */
export function writeInlined(code: string): string {
  let written = code;
  for (let round = 0, before = ""; before !== written; round++) {
    before = written;
    written = inlineOnce(before, round);
  }
  return written;
}

// Functions move whole, so each takes part in one move of a round.
function inlineOnce(code: string, round: number): string {
  const edited = new MagicString(code);
  const touched = new Set<AnyNode>();
  for (const [index, single] of singleCalls(parse(code, { ecmaVersion: 2020, sourceType: "module" })).entries()) {
    const { callee, statement, ancestors: [, caller] } = single;
    if (touched.has(caller!) || touched.has(callee)) continue;
    const text = writtenOut(single, code, `$${round}_${index}`);
    if (text === undefined) continue;
    touched.add(caller!).add(callee);
    edited.overwrite(statement.start, statement.end, `{${text}}`).remove(callee.start, callee.end);
  }
  return edited.toString();
}

function singleCalls(program: Program): SingleCall[] {
  const callees = new Map(program.body.flatMap((node) => (node.type === "FunctionDeclaration" && isMovable(node) ? [[node.id.name, node]] : [])));
  const references = new Map<FunctionDeclaration, AnyNode[][]>();
  fullAncestor(program, (node, _state, ancestors) => {
    const callee = node.type === "Identifier" ? callees.get((node as Identifier).name) : undefined;
    if (callee && callee.id !== node) references.set(callee, [...references.get(callee) ?? [], [...ancestors] as AnyNode[]]);
  });
  return [...references].flatMap(([callee, paths]) => (paths.length === 1 ? singleCall(callee, paths[0]!) : []));
}

function isMovable(callee: FunctionDeclaration): boolean {
  if (callee.end - callee.start > CALLEE_CHARACTERS_MAX) return false;
  return !nodesIn(callee).some((node) => node.type === "ThisExpression" || (node.type === "Identifier" && node.name === "arguments"));
}

// `path`: from the program down to the function's name in the call.
function singleCall(callee: FunctionDeclaration, path: AnyNode[]): SingleCall[] {
  const call = path.at(-2);
  const ancestors = path.slice(0, -2);
  const at = ancestors.findLastIndex(({ type }) => type.endsWith("Statement") || type === "VariableDeclaration");
  if (call?.type !== "CallExpression" || call.callee !== path.at(-1) || call.arguments.length > callee.params.length) return [];
  const isAmongStatements = ["BlockStatement", "IfStatement"].includes(ancestors[at - 1]?.type ?? "");
  const isInOneFunction = ancestors.filter(isFunction).length === 1 && ancestors[1] !== callee;
  if (!isAmongStatements || !isInOneFunction || meansOther(callee, ancestors[1]!) || (isInTry(ancestors) && makesObject(callee))) return [];
  return [{ callee, call, ancestors, statement: ancestors[at] as Statement, changing: changingNames(ancestors[1]!, ancestors[0]!) }];
}

// Inside `try` the firmware cannot have a call in it (firmware-syntax.ts).
function makesObject({ body }: FunctionDeclaration): boolean {
  return nodesIn(body).some((node) => node.type === "ObjectExpression" && nodesIn(node).some(isCall));
}

// Whether the callee speaks of something at the top whose name is a variable's in the caller.
function meansOther(callee: FunctionDeclaration, caller: AnyNode): boolean {
  const own = declaredNames(callee);
  const others = declaredNames(caller);
  return nodesIn(callee.body).some((node) => node.type === "Identifier" && !own.has(node.name) && others.has(node.name));
}

function changingNames(caller: AnyNode, program: AnyNode): Set<string> {
  const own = declaredNames(caller);
  return new Set([...[...assignedNames(program)].filter((name) => !own.has(name)), ...assignedNames(caller)]);
}

// What the statement becomes, or undefined where it cannot.
function writtenOut(single: SingleCall, code: string, suffix: string): string | undefined {
  const { callee, call, ancestors, statement } = single;
  const { renames, declarations } = namesOf(single, code, suffix);
  const write = (node: AnyNode): string => renamed(node, code, renames);
  const { body } = callee.body;
  if (statement.type === "ReturnStatement" && statement.argument === call) return `${declarations}${body.map(write).join("\n")}\nreturn;`;
  if (ancestors.some(isLoop) && !canRepeat(callee)) return undefined;
  if (statement.type === "ExpressionStatement" && statement.expression === call) return joined(declarations, withoutReturns(body, write, (value) => `${value};`));
  if (!isFirst(single)) return undefined;
  const withCallAs = (value: string): string => code.slice(statement.start, call.start) + value + code.slice(call.end, statement.end);
  const last = body.at(-1);
  if (last?.type === "ReturnStatement" && last.argument && returnsOf(callee).length === 1) {
    return `${declarations}${body.slice(0, -1).map(write).join("\n")}\n${withCallAs(`(${write(last.argument)})`)}`;
  }
  const result = `result${suffix}`;
  const text = withoutReturns(body, write, (value) => `${result} = ${value || "undefined"};`);
  return joined(`var ${result} = undefined;\n${declarations}`, text, withCallAs(result));
}

function joined(...parts: (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join("\n");
}

// In a loop a variable without a value would keep the one of the last turn, and functions would share variables.
function canRepeat({ body }: FunctionDeclaration): boolean {
  return !nodesIn(body).some((node) => isFunction(node) || (node.type === "VariableDeclarator" && !node.init));
}

function namesOf({ callee, call, changing }: SingleCall, code: string, suffix: string): Names {
  const renames = new Map([...declaredNames(callee)].map((name) => [name, name + suffix]));
  const assigned = assignedNames(callee);
  const hasFunctions = nodesIn(callee.body).some(isFunction);
  const declarations = callee.params.map((parameter, index) => {
    const { name } = parameter as Identifier;
    const value = call.arguments[index];
    const text = value ? code.slice(value.start, value.end) : "undefined";
    if (!value || !isConstant(value, changing) || assigned.has(name) || hasFunctions) return `var ${name}${suffix} = ${text};\n`;
    renames.set(name, text);
    return "";
  });
  return { renames, declarations: declarations.join("") };
}

function renamed(root: AnyNode, code: string, renames: Map<string, string>): string {
  const edited = new MagicString(code.slice(root.start, root.end));
  for (const node of nodesIn(root)) {
    const name = node.type === "Identifier" ? renames.get(node.name) : undefined;
    if (name !== undefined) edited.overwrite(node.start - root.start, node.end - root.start, name);
  }
  return edited.toString();
}

// `if (a) return b; c` as `if (a) {give(b)} else { c }`; undefined for returns in other places.
function withoutReturns(statements: Statement[], write: (node: AnyNode) => string, give: (value: string) => string): string | undefined {
  const at = statements.findIndex((statement) => returnsOf(statement).length > 0);
  if (at < 0) return statements.map(write).join("\n");
  const before = statements.slice(0, at).map(write).join("\n");
  const statement = statements[at]!;
  if (statement.type === "ReturnStatement") return joined(before, give(statement.argument ? write(statement.argument) : ""));
  if (statement.type !== "IfStatement" || statement.alternate || listOf(statement.consequent).at(-1)?.type !== "ReturnStatement") return undefined;
  const [then, otherwise] = [listOf(statement.consequent), statements.slice(at + 1)].map((list) => withoutReturns(list, write, give));
  return joined(before, `if (${write(statement.test)}) {`, then, "} else {", otherwise, "}");
}

function listOf(statement: Statement): Statement[] {
  return statement.type === "BlockStatement" ? statement.body : [statement];
}

// Whether nothing happens in the statement before the call.
function isFirst({ call, ancestors, statement, changing }: SingleCall): boolean {
  const path: AnyNode[] = [...ancestors.slice(ancestors.indexOf(statement)), call];
  return path.slice(0, -1).every((node, index) => isEvaluatedFirst(node, path[index + 1]!, changing));
}

function isEvaluatedFirst(node: AnyNode, child: AnyNode, changing: Set<string>): boolean {
  const isStill = (each: AnyNode): boolean => isConstant(each.type === "Property" ? each.value : each, changing);
  const areStill = (nodes: readonly AnyNode[]): boolean => nodes.slice(0, nodes.indexOf(child)).every(isStill);
  switch (node.type) {
    case "ExpressionStatement": case "ReturnStatement": case "ThrowStatement": case "UnaryExpression": case "VariableDeclarator": case "Property": return true;
    case "VariableDeclaration": return node.declarations[0] === child;
    case "IfStatement": case "ConditionalExpression": return node.test === child;
    case "LogicalExpression": return node.left === child;
    case "BinaryExpression": return node.left === child || isStill(node.left);
    case "MemberExpression": return node.object === child;
    case "AssignmentExpression": return node.operator === "=" && node.right === child && isStill(isPlain(node.left) ? node.left.object : node.left);
    case "CallExpression": return isStill(node.callee) && areStill(node.arguments);
    case "ObjectExpression": return areStill(node.properties);
    default: return false;
  }
}

function isPlain(node: AnyNode): node is MemberExpression {
  return node.type === "MemberExpression" && !node.computed;
}

function isConstant(node: AnyNode, changing: Set<string>): boolean {
  return node.type === "Literal" || node.type === "ThisExpression" || (node.type === "Identifier" && !changing.has(node.name));
}
