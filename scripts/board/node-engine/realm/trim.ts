/** Statics and methods the firmware has; everything else of these classes goes. */
interface Kept {
  statics: Record<string, string>;
  methods: Record<string, string>;
  /** Methods that all typed arrays share. */
  typedArray: string;
  globals: string;
}

/**
 * Takes from the realm what the firmware does not have, and gives its errors the firmware's family tree. Handed to the
 * program's realm as text: it may use nothing from outside itself.
 */
export function trimRealm(kept: Kept): void {
  const scope = globalThis as unknown as Record<string, Record<string, unknown>>;
  const { deleteProperty } = Reflect;
  const keepOnly = (target: object, names: string, always: string[]) => {
    const allowed = new Set([...names.split(" "), ...always]);
    for (const name of Object.getOwnPropertyNames(target)) {
      if (!allowed.has(name)) deleteProperty(target, name);
    }
  };
  const errors = ["TypeError", "ReferenceError", "SyntaxError"];
  for (const name of errors) {
    const { prototype } = scope[name] as unknown as { prototype: object };
    Object.setPrototypeOf(prototype, Object.prototype);
    Object.defineProperty(prototype, "toString", {
      value(this: { message: unknown }) {
        return `${name}: ${String(this.message)}`;
      },
      configurable: true,
      writable: true,
    });
    delete (prototype as { name?: unknown }).name;
  }
  const { prototype: errorPrototype } = scope.Error as unknown as { prototype: Record<string, unknown> };
  Object.defineProperty(errorPrototype, "toString", {
    value(this: { message: unknown }) {
      return this.message ? `Error: ${String(this.message)}` : "Error";
    },
    configurable: true,
    writable: true,
  });
  delete errorPrototype.name;
  for (const [name, names] of Object.entries(kept.methods)) {
    keepOnly((scope[name] as unknown as { prototype: object }).prototype, names, ["constructor"]);
  }
  for (const [name, names] of Object.entries(kept.statics)) {
    keepOnly(scope[name]!, names, ["prototype", "length", "name"]);
  }
  const typedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object };
  keepOnly(typedArray, "", ["prototype", "length", "name"]);
  keepOnly(typedArray.prototype, kept.typedArray, ["constructor"]);
  keepOnly(globalThis, kept.globals, []);
}
