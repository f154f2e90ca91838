import type { Interpreter } from "../interpreter.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** `setTimeout` and its family (src/jswrap_interactive.c). */
export function timerFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const { timers, realm } = interpreter;
  const add = (callback: unknown, delayMs: unknown, args: unknown[], repeats: boolean): number => {
    if (typeof callback !== "function" && typeof callback !== "string") {
      throw realm.error("Error", "Function or String not supplied!");
    }
    const id = timers.add(callback, Number(delayMs), args, repeats);
    if (id === undefined) throw realm.error("Error", "Interval is too long (>100 years)");
    return id;
  };
  const clear = (name: string, args: unknown[]): void => {
    if (args.length === 0) timers.clear();
    else if (args[0] === undefined) throw realm.error("Error", `${name}(undefined) not allowed. Use ${name}() instead`);
    else timers.remove(args[0]);
  };
  return {
    setTimeout: (callback: unknown, delayMs: unknown, ...args: unknown[]) => add(callback, delayMs, args, false),
    setInterval: (callback: unknown, delayMs: unknown, ...args: unknown[]) => add(callback, delayMs, args, true),
    clearTimeout: (...args: unknown[]) => clear("clearTimeout", args),
    clearInterval: (...args: unknown[]) => clear("clearInterval", args),
    changeInterval: (id: unknown, delayMs: number) => timers.change(id, delayMs),
    getTime: () => interpreter.clock.nowMs() / 1000,
    setTime: (seconds: number) => interpreter.clock.setNowMs(seconds * 1000),
  };
}
