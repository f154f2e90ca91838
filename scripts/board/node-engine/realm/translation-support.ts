/**
 * What translated programs call (language/translate.ts). This function is handed to the program's realm as text: it may
 * use nothing from outside itself.
 */
export function installTranslationSupport(
  look: () => void,
  isInterrupted: () => boolean,
  caught: (error: unknown) => unknown,
): Record<string, unknown> {
  const scope = globalThis as unknown as Record<string, unknown>;
  const define = Object.defineProperty;
  const { isView } = ArrayBuffer;
  const isFixed = (value: unknown) => Array.isArray(value) || typeof value === "string" || isView(value);
  return {
    look,
    caught,
    alive: () => !isInterrupted(),
    cell(get: () => unknown, set: (value: unknown) => void, typeOf: () => string) {
      let isDeclared = false;
      let held: unknown;
      return {
        get value() {
          return isDeclared ? held : get();
        },
        set value(value) {
          if (isDeclared) held = value;
          else set(value);
        },
        set declared(value: unknown) {
          isDeclared = true;
          held = value;
        },
        declare() {
          isDeclared = true;
        },
        typeOf: () => (isDeclared ? typeof held : typeOf()),
      };
    },
    len(value: unknown) {
      if (isFixed(value)) throw new TypeError("Assignment to a constant");
      return value;
    },
    var(name: string) {
      if (!(name in scope)) scope[name] = undefined;
      return scope[name];
    },
    const(name: string, value: unknown) {
      define(scope, name, {
        get: () => value,
        set() {
          throw new TypeError("Assignment to a constant");
        },
        enumerable: true,
        configurable: true,
      });
      return value;
    },
  };
}
