import MagicString from "magic-string";
import { rewriteClass, rewriteFunction, rewriteVariables, type Place } from "./declarations.ts";
import { findLateNames, replaceLateReference, type LateNames } from "./late-names.ts";
import { rewriteLiteral, rewriteTemplateText } from "./literals.ts";
import { parse } from "./parse.ts";
import { refuseUnsupported } from "./refuse.ts";
import { isFunction, isLoop, isNode, nodesIn, walk, type Node } from "./syntax-tree.ts";

/**
 * Names that begin with ǃ (U+01C3, a letter) belong to the engine. A program cannot hold one: its text is bytes.
 * Each statement counts down the window of `Interrupts`, so that an endless loop can be ended.
 */
const TICK = "--ǃn||ǃtick();";

interface Translation {
  code: MagicString;
  source: string;
  late: LateNames;
}

/** A program made ready to run. */
export interface Translated {
  /** The text for the realm (realm.ts), whose completion value is what the REPL prints. */
  code: string;
  /** The column (1-based) in the program's own text of a place in `code`. */
  sourceColumn(line: number, column: number): number;
}

/**
 * Makes from a program for the firmware one that this computer's engine runs in the same way: nothing is hoisted, loops
 * share their variable, names declared in the script are globals, literals are bytes, and each statement is counted.
 * Lines stay where they were.
 * @param source the program as a byte string
 * @throws {LanguageError} when the firmware could not parse it
 */
export function translate(source: string): Translated {
  const tree = parse(source);
  refuseUnsupported(tree, source);
  const translation = { code: new MagicString(source), source, late: findLateNames(tree) };
  walk(tree, (node, ancestors) => rewrite(translation, node, ancestors));
  if (!hasResult(nodesIn(tree, "body").at(-1))) translation.code.append("\n;void 0");
  return { code: translation.code.toString(), sourceColumn: columnMapper(translation.code) };
}

/** The mapping is made at the first error that needs it: most programs need none. */
function columnMapper(code: MagicString): (line: number, column: number) => number {
  let lines: number[][][] | undefined;
  return (line, column) => {
    lines ??= code.generateDecodedMap({ hires: true }).mappings as number[][][];
    const before = (lines[line - 1] ?? []).filter((segment) => segment[0]! <= column - 1);
    return (before.at(-1)?.[3] ?? column - 1) + 1;
  };
}

/** Only these statements have a value at the REPL. */
function hasResult(last: Node | undefined): boolean {
  return last !== undefined && /^(Expression|.*Declaration)/.test(last.type);
}

function rewrite(translation: Translation, node: Node, ancestors: readonly Node[]): void {
  const { code, source, late } = translation;
  const parent = ancestors.at(-1);
  if (isFunction(node) && late.prologue(node)) code.appendLeft((node.body as Node).start + 1, late.prologue(node));
  for (const key of ["body", "consequent"]) if (Array.isArray(node[key])) countStatements(translation, node, key);
  if (isLoop(node)) countTurns(code, node);
  else if (node.type === "IfStatement") countBranches(code, node);
  else if (node.type === "CatchClause") guardCatch(code, node);
  else if (node.type === "TryStatement" && isNode(node.finalizer)) guardFinally(code, node.finalizer);
  else if (node.type === "FunctionDeclaration") rewriteFunction(code, node, placeOf(node, ancestors), late);
  else if (node.type === "ClassDeclaration") rewriteClass(code, node, placeOf(node, ancestors));
  else if (node.type === "Literal") rewriteLiteral(code, node);
  else if (node.type === "TemplateElement") rewriteTemplateText(code, node);
  else if (node.type === "AssignmentExpression") guardLength(code, node.left as Node);
  else if (node.type === "UpdateExpression") guardLength(code, node.argument as Node);
  else if (node.type === "VariableDeclaration" && !isSharedLoopVariable(node, parent))
    rewriteVariables(code, node, source, placeOf(node, ancestors), late);
  else if (node.type === "Identifier" && late.cellAt(node))
    replaceLateReference(code, node, parent!, late.cellAt(node)!);
  if (isLoop(node)) shareLoopVariable(code, node, source);
}

function placeOf(node: Node, ancestors: readonly Node[]): Place {
  const parent = ancestors.at(-1);
  return {
    global: !ancestors.some(isFunction) && !ancestors.some((each) => each.type === "StaticBlock"),
    topLevel: parent?.type === "Program",
    inFor: parent !== undefined && isLoop(parent) && parent.body !== node,
    isLoopTarget: parent !== undefined && parent.left === node,
  };
}

function countStatements({ code, source }: Translation, node: Node, key: string): void {
  if (node.type === "ClassBody") return;
  const statements = nodesIn(node, key);
  statements.forEach((statement, index) => {
    const previous = statements[index - 1];
    if (previous && continuesReturn(previous, statement, source)) {
      code.update(previous.start + "return".length, statement.start, " ");
    } else {
      code.appendLeft(statement.start, TICK);
    }
  });
}

/** The firmware inserts no semicolon after `return` at the end of a line: it returns what follows. */
function continuesReturn(previous: Node, next: Node, source: string): boolean {
  if (previous.type !== "ReturnStatement" || previous.argument || next.type !== "ExpressionStatement") return false;
  return source.slice(previous.start, previous.end) === "return";
}

function countTurns(code: MagicString, loop: Node): void {
  const body = loop.body as Node;
  if (body.type === "BlockStatement") code.appendLeft(body.start + 1, TICK);
  else embrace(code, body);
}

function countBranches(code: MagicString, node: Node): void {
  for (const branch of [node.consequent, node.alternate].filter(isNode)) {
    if (!/^(BlockStatement|IfStatement)$/.test(branch.type)) embrace(code, branch);
  }
}

function embrace(code: MagicString, statement: Node): void {
  code.appendLeft(statement.start, `{${TICK}`);
  code.prependLeft(statement.end, "}");
}

/** An interrupt passes through; an error of this computer's engine becomes the one the firmware throws. */
function guardCatch(code: MagicString, node: Node): void {
  const body = node.body as Node;
  const name = isNode(node.param) ? String(node.param.name) : "ǃe";
  if (!node.param) code.update(node.start, body.start, "catch(ǃe)");
  code.appendLeft(body.start + 1, `${name}=ǃcaught(${name});`);
}

function guardFinally(code: MagicString, block: Node): void {
  code.appendLeft(block.start + 1, "if(ǃalive()){");
  code.prependLeft(block.end - 1, "}");
}

/** The length of an array or a string is a constant. */
function guardLength(code: MagicString, target: Node): void {
  if (target.type !== "MemberExpression" || target.computed || (target.property as Node).name !== "length") return;
  const object = target.object as Node;
  code.appendLeft(object.start, "ǃlen(");
  code.prependLeft(object.end, ")");
}

function isSharedLoopVariable(node: Node, parent: Node | undefined): boolean {
  if (node.kind === "var" || !parent || !isLoop(parent)) return false;
  return parent.init === node || parent.left === node;
}

/** `for (let i ...)` has one `i` for all turns. */
function shareLoopVariable(code: MagicString, node: Node, source: string): void {
  const declaration = (node.init ?? node.left) as Node | null;
  if (!isNode(declaration) || declaration.type !== "VariableDeclaration" || declaration.kind === "var") return;
  code.prependLeft(node.end, "}");
  if (node.type === "ForStatement") {
    code.update(node.start, nodesIn(declaration, "declarations")[0]!.start, "{let ");
    code.appendLeft(declaration.end, ";for(");
  } else {
    const name = source.slice(nodesIn(declaration, "declarations")[0]!.start, declaration.end);
    code.update(node.start, declaration.end, `{let ${name};for(${name}`);
  }
}
