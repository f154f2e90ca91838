// Makes bundles that tell which branches of their sources they run: at the start of each branch a call of the global function
// `branchReached` with the branch's place. For the tests alone; a board never gets such a bundle.
import { relative } from "node:path";
import ts from "typescript";
import { ROOT } from "./bundle.ts";

/** Where the branches of a source are noted, and how. */
interface Marker {
  source: ts.SourceFile;
  file: string;
  note(place: string): void;
}

/** What must be covered whole. */
const COUNTED = /^modules\/(http\/.*|tls\/.*|outbox)\.ts$/;
const REACHED = "branchReached";
const { factory } = ts;

/** Whether the branches of a file, named by its path in the project, are counted. */
export function isCounted(file: string): boolean {
  return COUNTED.test(file.replaceAll("\\", "/"));
}

/** A `before` transformer for the TypeScript compiler that marks the branches of the files that are counted. */
export function branchCounters(): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const file = relative(ROOT, source.fileName).replaceAll("\\", "/");
    return isCounted(file) ? markBranches({ source, file, note: () => undefined }, context) : source;
  };
}

/**
 * The places of all branches of a source: `modules/http/syntax.ts:12:3 then`.
 * @param file its path in the project
 * @param text what is in it
 */
export function branchesOf(file: string, text: string): string[] {
  const places: string[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES5, true);
  ts.transform(source, [(context) => (root) => markBranches({ source: root, file, note: (place) => void places.push(place) }, context)]).dispose();
  return places;
}

function markBranches(marker: Marker, context: ts.TransformationContext): ts.SourceFile {
  const visit = (node: ts.Node): ts.Node => marked(ts.visitEachChild(node, visit, context), node, marker);
  return ts.visitNode(marker.source, visit) as ts.SourceFile;
}

// `node` has marked children; `original` is where it stands in the source.
function marked(node: ts.Node, original: ts.Node, marker: Marker): ts.Node {
  const call = (branch: string, at = original): ts.Expression => reached(marker, at, branch);
  if (ts.isIfStatement(node)) {
    return factory.updateIfStatement(node, node.expression, block(call("then"), node.thenStatement), block(call("else"), node.elseStatement));
  }
  if (ts.isConditionalExpression(node)) {
    const { condition, questionToken, whenTrue, colonToken, whenFalse } = node;
    return factory.updateConditionalExpression(node, condition, questionToken, both(call("true"), whenTrue), colonToken, both(call("false"), whenFalse));
  }
  if (ts.isBinaryExpression(node) && isShortCircuit(node.operatorToken.kind)) {
    const { left, operatorToken, right } = node;
    return factory.updateBinaryExpression(node, left, operatorToken, both(call(`right of ${ts.tokenToString(operatorToken.kind)}`, operatorToken), right));
  }
  if (ts.isCaseOrDefaultClause(node)) return withStatements(node, call("case"));
  if (ts.isCatchClause(node)) return factory.updateCatchClause(node, node.variableDeclaration, block(call("catch"), node.block) as ts.Block);
  if (isLoop(node)) return withBody(node, block(call("loop"), node.statement));
  if (isFunction(node) && node.body) return withFunctionBody(node, node.body, call("function"));
  return node;
}

function reached({ source, file, note }: Marker, node: ts.Node, branch: string): ts.Expression {
  const { line, character } = source.getLineAndCharacterOfPosition(ts.getOriginalNode(node).getStart(source));
  const place = `${file}:${line + 1}:${character + 1} ${branch}`;
  note(place);
  return factory.createCallExpression(factory.createIdentifier(REACHED), undefined, [factory.createStringLiteral(place)]);
}

function block(call: ts.Expression, statement?: ts.Statement): ts.Block {
  const statements = statement === undefined ? [] : ts.isBlock(statement) ? statement.statements : [statement];
  return factory.createBlock([factory.createExpressionStatement(call), ...statements], true);
}

function both(call: ts.Expression, expression: ts.Expression): ts.Expression {
  return factory.createParenthesizedExpression(factory.createComma(call, expression));
}

function isShortCircuit(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken || operator === ts.SyntaxKind.QuestionQuestionToken;
}

type Loop = ts.ForStatement | ts.WhileStatement | ts.DoStatement | ts.ForInStatement | ts.ForOfStatement;
type Function = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

function isLoop(node: ts.Node): node is Loop {
  return ts.isIterationStatement(node, false);
}

function withBody(node: Loop, body: ts.Block): Loop {
  if (ts.isForStatement(node)) return factory.updateForStatement(node, node.initializer, node.condition, node.incrementor, body);
  if (ts.isWhileStatement(node)) return factory.updateWhileStatement(node, node.expression, body);
  if (ts.isDoStatement(node)) return factory.updateDoStatement(node, body, node.expression);
  if (ts.isForInStatement(node)) return factory.updateForInStatement(node, node.initializer, node.expression, body);
  return factory.updateForOfStatement(node, node.awaitModifier, node.initializer, node.expression, body);
}

function withStatements(clause: ts.CaseOrDefaultClause, call: ts.Expression): ts.CaseOrDefaultClause {
  const statements = [factory.createExpressionStatement(call), ...clause.statements];
  return ts.isCaseClause(clause) ? factory.updateCaseClause(clause, clause.expression, statements) : factory.updateDefaultClause(clause, statements);
}

function isFunction(node: ts.Node): node is Function {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node);
}

function withFunctionBody(node: Function, body: ts.ConciseBody, call: ts.Expression): Function {
  if (ts.isArrowFunction(node)) {
    const marked = ts.isBlock(body) ? block(call, body) : both(call, body);
    return factory.updateArrowFunction(node, node.modifiers, node.typeParameters, node.parameters, node.type, node.equalsGreaterThanToken, marked);
  }
  const marked = block(call, body as ts.Block);
  if (ts.isFunctionDeclaration(node)) {
    return factory.updateFunctionDeclaration(node, node.modifiers, node.asteriskToken, node.name, node.typeParameters, node.parameters, node.type, marked);
  }
  return factory.updateFunctionExpression(node, node.modifiers, node.asteriskToken, node.name, node.typeParameters, node.parameters, node.type, marked);
}
