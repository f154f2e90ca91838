import { requireModule } from "./library/modules.ts";
import { emitterFunctions } from "./library/emitter-functions.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Runtime } from "./runtime.ts";

/** Gives the firmware's own modules their view of the interpreter. It stays valid over resets. */
export function createRuntime(interpreter: Interpreter): Runtime {
  const { queue, listeners, calls, console, clock } = interpreter;
  return {
    queueEvent: (target, event, args) => {
      const list = listeners.of(target, event);
      if (list) queue.push(list, target, args);
    },
    queueCall: (callback, thisValue, args) => queue.push(callback, thisValue, args),
    fireNow: (target, event, args) => {
      const list = listeners.of(target, event);
      if (list) calls.fire(list, target, args);
    },
    hasListeners: (target, event) => listeners.of(target, event) !== undefined,
    makeEmitter: (target) => {
      interpreter.realm.defineNatives(target, emitterFunctions(interpreter));
      return target;
    },
    addIdleTask: (task) => void interpreter.idleTasks.push(task),
    throwInIdle: (error) => calls.raise(interpreter.realm.caught(error)),
    internalError: (message) => interpreter.realm.error("InternalError", message),
    print: (line) => console.printLine(line),
    now: () => clock.nowMs(),
    defineModule: (name, create) => void interpreter.builtIns.set(name, create),
    toProgram: (value) => interpreter.realm.toProgram(value),
    onReset: (listener) => void interpreter.resetListeners.push(listener),
    require: (name) => requireModule(interpreter, name),
    requestPass: () => {
      interpreter.passRequested = true;
    },
    panic: (lines) => interpreter.panic(lines),
    get global() {
      return interpreter.realm.global;
    },
    host: interpreter.host,
  };
}
