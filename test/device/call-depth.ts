// Counts how deep the project's own functions call each other on a board: their bundle is written so that each notes when it begins and ends.
import { simple } from "acorn-walk";
import { parse, type Function as AnyFunction, type Node, type Program } from "acorn";
import MagicString from "magic-string";
import { basename } from "node:path";
import type { Plugin } from "rollup";
import { ROOT } from "../../scripts/rollup/bundle.ts";

/** Board code: the deepest chain so far, the names of its functions, outermost first. */
export const DEEPEST_CHAIN = "global.deepestChain";

const COUNTER = `var callChain = [];
global.deepestChain = [];
function enterCall(name) {
  callChain.push(name);
  if (callChain.length > global.deepestChain.length) global.deepestChain = callChain.slice(0);
}
function leaveCall() {
  callChain.pop();
}
`;

/** Rollup plug-in: makes the functions of modules/ and src/ count themselves. Those of test programs are no part of the project's chains. */
export function callDepth(): Plugin {
  return {
    name: "call-depth",
    transform: (code, id) => (isOwn(id) ? countCalls(code, basename(id)) : null),
    renderChunk: (code) => COUNTER + code,
  };
}

function isOwn(id: string): boolean {
  return [`${ROOT}/modules/`, `${ROOT}/src/`].some((folder) => id.startsWith(folder)) && id.endsWith(".ts");
}

function countCalls(code: string, file: string): string {
  const edited = new MagicString(code);
  const program: Program = parse(code, { ecmaVersion: 5, sourceType: "module" });
  const names = namesOf(program);
  simple(program, {
    Function(node) {
      const { body } = node as AnyFunction;
      edited.appendLeft(body.start + 1, `enterCall(${JSON.stringify(`${file} ${names.get(node) ?? "function"}`)});try{`);
      edited.prependRight(body.end - 1, "}finally{leaveCall()}");
    },
  });
  return edited.toString();
}

function namesOf(program: Program): Map<Node, string> {
  const names = new Map<Node, string>();
  simple(program, {
    FunctionDeclaration: (node) => void (node.id && names.set(node, node.id.name)),
    VariableDeclarator: ({ id, init }) => void (init && id.type === "Identifier" && names.set(init, id.name)),
    Property: ({ key, value }) => void (key.type === "Identifier" && names.set(value, key.name)),
  });
  return names;
}
