import { objectText, PRINT_STYLE } from "../console/object-text.ts";
import type { Repl } from "../console/repl.ts";
import { printText } from "../console/value-text.ts";
import type { Interpreter } from "../interpreter.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** `print` and `console`. */
export function installConsole(interpreter: Interpreter): void {
  const { realm } = interpreter;
  const print = (...args: unknown[]): void => {
    interpreter.console.removeInputLine();
    interpreter.console.writeText(`${args.map((each) => printText(interpreter.realm, each)).join(" ")}\n`);
  };
  realm.defineNatives(realm.global, { print });
  const console = realm.object();
  const trace = () => {};
  realm.defineNatives(console, { log: print, info: print, warn: print, error: print, debug: print, trace });
  realm.define(realm.global, "console", console);
}

/** What a person types at the REPL beside the language: echo, reset, load, save, dump, trace. */
export function sessionFunctions(interpreter: Interpreter, repl: Repl): Record<string, AnyFunction> {
  return {
    echo: (on: unknown) => {
      repl.echo = Boolean(on);
    },
    reset: (clearFlash: unknown) => {
      interpreter.todo = { kind: "reset", clearFlash: Boolean(clearFlash) };
    },
    load: (file: unknown) => {
      interpreter.todo = { kind: "load", file: file === undefined ? undefined : String(file) };
    },
    save: () => {
      interpreter.todo = { kind: "save" };
    },
    dump: () => dump(interpreter),
    trace: () => {},
    edit: () => {},
    getSerial: () => "00000000-00000000-00000000",
  };
}

/** Lists the program's own globals as source text. */
function dump({ realm, console }: Interpreter): void {
  for (const name of Object.keys(realm.global)) {
    console.printLine(`var ${name} = ${objectText(realm, realm.global[name], PRINT_STYLE)};`);
  }
}
