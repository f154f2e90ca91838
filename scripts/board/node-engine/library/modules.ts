import type { Interpreter } from "../interpreter.ts";
import { NAME_LENGTH } from "../storage/storage.ts";

/** Gives a module by name, in the firmware's order: loaded before, built in, a file in Storage of exactly that name. */
export function requireModule(interpreter: Interpreter, name: unknown): unknown {
  const { realm, modules } = interpreter;
  if (typeof name !== "string") throw realm.error("TypeError", `Expecting module name as a string, got ${typeof name}`);
  if (modules.has(name)) return modules.get(name);
  const loaded = loadBuiltIn(interpreter, name) ?? loadFromStorage(interpreter, name);
  if (loaded === undefined) throw realm.error("Error", `Module "${name}" not found`);
  modules.set(name, loaded);
  return loaded;
}

/** `require` and the `Modules` object. */
export function installModules(interpreter: Interpreter): void {
  const { realm } = interpreter;
  realm.defineNatives(realm.global, { require: (name: unknown) => requireModule(interpreter, name) });
  const modules = realm.object();
  realm.defineNatives(modules, {
    addCached: (name: unknown, source: unknown) => addCached(interpreter, name, source),
    getCached: () => realm.array([...interpreter.modules.keys()]),
    removeCached: (name: string) => void interpreter.modules.delete(name),
    removeAllCached: () => interpreter.modules.clear(),
  });
  realm.markNative(modules);
  realm.define(realm.global, "Modules", modules);
}

function addCached(interpreter: Interpreter, name: unknown, source: unknown): void {
  if (typeof name !== "string" || (typeof source !== "string" && typeof source !== "function")) {
    throw interpreter.realm.error("Error", "args must be addCached(string, string|function)");
  }
  interpreter.modules.set(name, evaluateModule(interpreter, source));
}

function loadBuiltIn({ builtIns, realm }: Interpreter, name: string): unknown {
  const create = builtIns.get(name);
  if (!create) return undefined;
  const module = create();
  realm.markNative(module);
  return module;
}

function loadFromStorage(interpreter: Interpreter, name: string): unknown {
  const source = name.length <= NAME_LENGTH ? interpreter.storage.read(name) : undefined;
  return source === undefined ? undefined : evaluateModule(interpreter, source);
}

/**
 * The module's names are its own; `this` and `exports` are one object, and `module` holds it. Of a function, only the
 * text counts, as in the firmware.
 */
function evaluateModule({ realm }: Interpreter, source: unknown): unknown {
  const module = realm.object({ exports: realm.object() });
  const text = typeof source === "string" ? source : `(${realm.sourceOf(source as object)})();`;
  const body = realm.evaluate(`(function(exports,module){${text}\n})`, "module") as (...args: unknown[]) => unknown;
  Reflect.apply(body, module.exports, [module.exports, module]);
  return module.exports;
}
