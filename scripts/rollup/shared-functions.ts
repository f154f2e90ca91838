// In a minified bundle, gives a name of one letter more to functions of the firmware that are called often. The firmware finds it sooner,
// too: its own functions are looked for only after all variables.
import { parse } from "acorn";
import type { AnyNode, Program } from "acorn";
import MagicString from "magic-string";
import type { Plugin } from "rollup";
import { declaredNames, freeNames, nodesIn } from "./syntax-tree.ts";

/**
 * Functions that every board has and that need no `this`. Those of time are none of them: who puts a clock of his own in their place after the
 * program was loaded, as tests do, must be heard.
 */
const FUNCTIONS = ["Object.assign", "parseInt", "print", "require", "String.fromCharCode"];
/** A variable for the name and one for the function, of 14 bytes each: below this many bytes saved it costs more than it gives. */
const SAVING_BYTES_MIN = 28;
/** `var `, `=` and `,` or `;`. */
const DECLARATION_BYTES = 3;
const NAME_ENDS = "0123456789";

/** Rollup output plug-in for minified chunks; see writeSharedFunctions. */
export function sharedFunctions(): Plugin {
  return { name: "shared-functions", renderChunk: (code) => writeSharedFunctions(code) };
}

/**
 * @returns the code with a declaration in front that names the functions, and the names where they are called. A function that the bundle
 * replaces is left alone.
 */
export function writeSharedFunctions(code: string): string {
  const program = parse(code, { ecmaVersion: 2020, sourceType: "module" });
  const edited = new MagicString(code);
  const names = freeNames(program, NAME_ENDS);
  const declarations: string[] = [];
  for (const [text, places] of callsOf(program, code)) {
    const name = names[declarations.length];
    if (name === undefined) break;
    const saved = places.length * (text.length - name.length) - (text.length + name.length + DECLARATION_BYTES);
    if (saved < SAVING_BYTES_MIN) continue;
    declarations.push(`${name}=${text}`);
    for (const { start, end } of places) edited.overwrite(start, end, name);
  }
  return declarations.length === 0 ? code : `var ${declarations.join(",")};${edited.toString()}`;
}

function callsOf(program: Program, code: string): Map<string, AnyNode[]> {
  const nodes = nodesIn(program);
  const own = declaredNames(program);
  const replaced = nodes.flatMap((node) => (node.type === "AssignmentExpression" ? [code.slice(node.left.start, node.left.end).replace(/^global\./, "")] : []));
  const callees = nodes.flatMap((node) => (node.type === "CallExpression" ? [node.callee as AnyNode] : []));
  const textOf = ({ start, end }: AnyNode): string => code.slice(start, end);
  const shared = FUNCTIONS.filter((text) => !own.has(text) && !replaced.includes(text));
  return new Map(shared.map((text) => [text, callees.filter((callee) => textOf(callee) === text)]));
}
