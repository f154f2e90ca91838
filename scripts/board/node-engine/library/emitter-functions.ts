import type { Interpreter } from "../interpreter.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** More arguments than this do not reach the listeners. */
const MAX_EMIT_ARGS = 4;

/** `on`, `emit` and their family, which every object has (src/jswrap_object.c). */
export function emitterFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const { listeners, queue } = interpreter;
  const check = (target: unknown, event: unknown): target is object => {
    checkTarget(interpreter, target);
    if (typeof event !== "string") throw interpreter.realm.error("TypeError", "First argument must be String");
    return true;
  };
  const add = (target: unknown, event: string, listener: unknown, first: boolean): void => {
    if (!check(target, event)) return;
    if (typeof listener !== "function" && typeof listener !== "string") {
      throw interpreter.realm.error("TypeError", "Second argument must be a function or a String");
    }
    listeners.add(target, event, listener, first);
  };
  return {
    on(event: string, listener: unknown) {
      add(this, event, listener, false);
    },
    addListener(event: string, listener: unknown) {
      add(this, event, listener, false);
    },
    prependListener(event: string, listener: unknown) {
      add(this, event, listener, true);
    },
    emit(event: string, ...args: unknown[]) {
      if (!check(this, event)) return;
      const list = listeners.of(this, event);
      if (list) queue.push(list, this, args.slice(0, MAX_EMIT_ARGS));
      if (args.length <= MAX_EMIT_ARGS) return;
      throw interpreter.realm.error("TypeError", `Too many arguments (>${MAX_EMIT_ARGS})`);
    },
    removeListener(event: string, listener: unknown) {
      if (check(this, event)) listeners.remove(this, event, listener);
    },
    removeAllListeners(event?: string) {
      const target = checkTarget(interpreter, this);
      if (event !== undefined && typeof event !== "string") {
        throw interpreter.realm.error("TypeError", "First argument must be String or undefined");
      }
      listeners.removeAll(target, event);
    },
  };
}

function checkTarget({ realm }: Interpreter, target: unknown): object {
  if ((typeof target === "object" && target !== null) || typeof target === "function") return target;
  throw realm.error("TypeError", "Parent must be an object - not a String, Integer, etc");
}
