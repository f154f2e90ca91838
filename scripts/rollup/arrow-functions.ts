// Writes the top-level functions of a minified bundle as arrow functions, which the firmware runs as well and which are shorter. It
// keeps no `this` for one that does not use it (2v29).
import { parse } from "acorn";
import type { Expression, FunctionDeclaration, FunctionExpression, Identifier, Node, Statement } from "acorn";
import { simple } from "acorn-walk";
import MagicString from "magic-string";
import type { Plugin } from "rollup";
import type { BundleKind } from "./bundle.ts";

/** @param kind in a program top-level names are global, with `var` or without; in a module they must not leak */
export function arrowFunctions(kind: BundleKind): Plugin {
  return {
    name: "arrow-functions",
    renderChunk(code) {
      return writeArrowFunctions(code, kind === "app" ? "" : "var ");
    },
  };
}

/**
 * @param code a minified bundle
 * @param prefix what stands before the name of a function: "var " or nothing
 * @returns the code with each function that uses neither `this` nor `arguments` as an arrow function, if it stands at the top or in a
 * top-level expression
 */
export function writeArrowFunctions(code: string, prefix: string): string {
  const edited = new MagicString(code);
  const { body } = parse(code, { ecmaVersion: 2020, sourceType: "module" });
  for (const statement of body) {
    if (statement.type !== "FunctionDeclaration") writeExpressions(statement, edited);
    else if (!needsFunction(statement.body)) edited.overwrite(statement.start, statement.end, `${prefix}${statement.id.name}=${arrowOf(statement, code)};`);
  }
  return edited.toString();
}

// Elements of an array, as tables of functions are.
function writeExpressions(statement: Node, edited: MagicString): void {
  simple(statement, {
    ArrayExpression(node) {
      for (const element of node.elements) {
        if (element?.type === "FunctionExpression" && !needsFunction(element.body)) {
          edited.overwrite(element.start, element.end, arrowOf(element, edited.original));
        }
      }
    },
  });
}

// acorn-walk visits the functions inside too; one that has a `this` of its own is left alone with the function around it.
function needsFunction(body: Node): boolean {
  let found = false;
  const note = (): void => { found = true; };
  simple(body, {
    ThisExpression: note,
    Identifier: (node: Node) => { if ((node as Identifier).name === "arguments") found = true; },
  });
  return found;
}

function arrowOf({ params, body }: FunctionDeclaration | FunctionExpression, code: string): string {
  const names = params.map(({ start, end }) => code.slice(start, end));
  const parameters = names.length === 1 ? names[0] : `(${names.join(",")})`;
  const expression = onlyExpression(body.body);
  return `${parameters}=>${expression ? expressionText(expression, code) : code.slice(body.start, body.end)}`;
}

function onlyExpression(statements: Statement[]): Expression | undefined {
  const [first] = statements;
  if (statements.length !== 1 || !first) return undefined;
  if (first.type === "ReturnStatement") return first.argument ?? undefined;
  return first.type === "ExpressionStatement" ? first.expression : undefined;
}

function expressionText({ type, start, end }: Expression, code: string): string {
  const text = code.slice(start, end);
  return type === "SequenceExpression" || text.startsWith("{") ? `(${text})` : text;
}
