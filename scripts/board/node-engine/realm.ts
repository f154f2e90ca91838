import vm from "node:vm";
import { ExecutionInterrupted, type Interrupts, type StatementWindow } from "./interrupts.ts";
import { LanguageError } from "./language/language-error.ts";
import { translate, type Translated } from "./language/translate.ts";
import { firmwareError, isStackOverflow } from "./realm/engine-messages.ts";
import { KEPT_NAMES } from "./realm/kept-names.ts";
import { formatStack, prepareStack, stackFileName, type StackStep } from "./realm/stack-trace.ts";
import { installTranslationSupport } from "./realm/translation-support.ts";
import { sourceText } from "./realm/source-text.ts";
import { trimRealm } from "./realm/trim.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;
type MakeArray = (...items: unknown[]) => unknown[];
type MakeBytes = (bytes: ArrayLike<number>) => Uint8Array<ArrayBuffer>;
type ErrorKind = "Error" | "TypeError" | "ReferenceError" | "SyntaxError" | "InternalError";

/** The program's own world: its global object and its copies of the built-in classes. A reset makes a new one. */
export class Realm {
  /** The program's global object. */
  readonly global: Record<string, unknown>;
  readonly objectPrototype: object;
  readonly functionPrototype: object;
  readonly #context: vm.Context;
  readonly #interrupts: Interrupts;
  readonly #scripts: { name: string; firstLine: number; translated: Translated }[] = [];
  readonly #natives = new WeakSet<object>();
  readonly #wrap: (call: AnyFunction) => AnyFunction;
  readonly #makeArray: MakeArray;
  readonly #makeBytes: MakeBytes;
  readonly #raise: (kind: string, message: string) => object;

  constructor(interrupts: Interrupts) {
    this.#interrupts = interrupts;
    this.#context = vm.createContext({});
    this.global = this.#run("globalThis") as Record<string, unknown>;
    this.objectPrototype = this.#run("Object.prototype") as object;
    this.functionPrototype = this.#run("Function.prototype") as object;
    this.#wrap = this.install((apply: typeof Reflect.apply) => (call: AnyFunction) =>
      function wrapper(this: unknown, ...args: never[]) {
        return apply(call, this, args);
      }, Reflect.apply);
    this.#makeArray = this.#run("(...items) => items") as MakeArray;
    this.#makeBytes = this.#run("((u) => (bytes) => new u(bytes))(Uint8Array)") as MakeBytes;
    this.#raise = this.#run(RAISE) as (kind: string, message: string) => object;
    this.markNative(this.global.InternalError as object);
    this.#installSupport();
    this.install(prepareStack, (steps: StackStep[]) => formatStack(steps.map((step) => this.#inSource(step))));
  }

  /** Takes away what the firmware does not have. What is installed from text must be there before. */
  trim(): void {
    this.install(trimRealm, KEPT_NAMES);
  }

  /**
   * Runs a function of ours inside the realm, from its text, so that what it makes belongs to the realm.
   * @param setUp uses nothing from outside itself but its arguments
   */
  install<A extends unknown[], R>(setUp: (...args: A) => R, ...args: A): R {
    // The loader that strips our types marks function names with a call of __name.
    const source = `((__name) => { "use strict"; return ${setUp.toString()}; })((target) => target)`;
    return (this.#run(source) as (...args: A) => R)(...args);
  }

  /**
   * Runs a program's text.
   * @returns its completion value
   * @throws what the program throws; a SyntaxError of the realm for what the firmware cannot parse
   */
  evaluate(source: string, name: string, firstLine = 1): unknown {
    const translated = this.#translate(source, name, firstLine);
    const filename = stackFileName(this.#scripts.push({ name, firstLine, translated }) - 1);
    const script = new vm.Script(translated.code, { filename, lineOffset: firstLine - 1 });
    return script.runInContext(this.#context, { displayErrors: false });
  }

  /** A function of the realm that calls ours. Prints as native. */
  native(call: AnyFunction): AnyFunction {
    const wrapped = this.#wrap(call);
    this.#natives.add(wrapped);
    return wrapped;
  }

  /** Defines native functions, as a class of the firmware has them: they can be replaced, and no loop shows them. */
  defineNatives(target: object, functions: Record<string, AnyFunction>): void {
    for (const [name, call] of Object.entries(functions)) this.define(target, name, this.native(call));
  }

  /** Defines a property that no loop shows. */
  define(target: object, name: string, value: unknown): void {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }

  /** Makes an object print as the firmware's own ones do. */
  markNative(target: object): void {
    this.#natives.add(target);
  }

  /** A function's text as the program has it, without what translation added. */
  sourceOf(target: object): string {
    return sourceText(target, this.isNative(target));
  }

  isNative(target: object): boolean {
    return this.#natives.has(target);
  }

  /** An error of the realm. `InternalError` is no `Error` there. */
  error(kind: ErrorKind, message: string): object {
    return this.#raise(kind, message);
  }

  array(items: readonly unknown[]): unknown[] {
    return this.#makeArray(...items);
  }

  object(properties: Record<string, unknown> = {}): Record<string, unknown> {
    return Object.assign(Object.create(this.objectPrototype) as Record<string, unknown>, properties);
  }

  arrayBuffer(bytes: ArrayLike<number>): ArrayBuffer {
    return this.#makeBytes(bytes).buffer;
  }

  bytes(bytes: ArrayLike<number>): Uint8Array {
    return this.#makeBytes(bytes);
  }

  /** A copy, in the realm, of a plain array, object, buffer or function of ours. Anything else is handed on. */
  toProgram<T>(value: T): T {
    return this.#convert(value) as T;
  }

  /**
   * What the program sees of something thrown: the firmware's error for one of this computer's engine.
   * @throws {ExecutionInterrupted} again, for the program may not catch it
   */
  caught(error: unknown): unknown {
    if (error instanceof ExecutionInterrupted) throw error;
    if (isStackOverflow(error)) this.#interrupts.interrupt("recursion");
    if (this.#interrupts.active) throw new ExecutionInterrupted("interrupted");
    return firmwareError(error, this);
  }

  #convert(value: unknown): unknown {
    if (typeof value === "function") return value instanceof Function ? this.native(value as AnyFunction) : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return this.array(value.map((each) => this.#convert(each)));
    if (value instanceof Uint8Array) return this.bytes(value);
    if (value instanceof ArrayBuffer) return this.arrayBuffer(new Uint8Array(value));
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    const copy = this.object();
    for (const [key, each] of Object.entries(value)) copy[key] = this.#convert(each);
    return copy;
  }

  #run(source: string): unknown {
    return vm.runInContext(source, this.#context);
  }

  #installSupport(): void {
    const interrupts = this.#interrupts;
    this.global.ǃhelp = this.install(
      installTranslationSupport,
      () => interrupts.look(),
      () => interrupts.active,
      (error: unknown) => this.caught(error),
    );
    this.#run(SUPPORT_NAMES);
    delete this.global.ǃhelp;
    interrupts.attach(this.#run(WINDOW) as StatementWindow);
  }

  #translate(source: string, name: string, firstLine: number): Translated {
    try {
      return translate(source);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      const syntaxError = this.error("SyntaxError", error.message) as { stack: string };
      const { line, column } = error;
      syntaxError.stack = formatStack([{ functionName: undefined, file: name, line: line + firstLine - 1, column }]);
      throw syntaxError;
    }
  }

  /** From a place in translated text to the place in the program. */
  #inSource(step: StackStep): StackStep {
    const script = this.#scripts[Number(step.file)];
    if (!script) return step;
    const column = script.translated.sourceColumn(step.line - script.firstLine + 1, step.column);
    return { ...step, file: script.name, column };
  }
}

/** Lexical names of the script scope: faster than properties of the global object, and out of the program's reach. */
const SUPPORT_NAMES = `
  let ǃn = 1;
  const ǃcaught = ǃhelp.caught, ǃalive = ǃhelp.alive, ǃcell = ǃhelp.cell, ǃlen = ǃhelp.len;
  const ǃvar = ǃhelp.var, ǃconst = ǃhelp.const, ǃlook = ǃhelp.look;
  const ǃtick = ǃlook;
`;

const WINDOW = "({ remaining: () => ǃn, set: (statements) => { ǃn = statements; } })";

const RAISE = `((kinds) => {
  function InternalError(message) { this.message = message; }
  InternalError.prototype.toString = function () { return "InternalError: " + this.message; };
  Object.defineProperty(InternalError.prototype, "toString", { enumerable: false });
  Object.defineProperty(InternalError.prototype, "constructor", { enumerable: false });
  kinds.InternalError = InternalError;
  Object.defineProperty(globalThis, "InternalError", { value: InternalError, writable: true, configurable: true });
  return (kind, message) => new kinds[kind](message);
})({ Error, TypeError, ReferenceError, SyntaxError })`;
