import type { Realm } from "../realm.ts";

type Kind = "Error" | "TypeError" | "ReferenceError";

/** Messages of this computer's engine, and what the firmware says and throws in their place. */
const REPLACEMENTS: readonly [RegExp, Kind, string][] = [
  [
    /^Cannot (?:read|set) properties of (null|undefined) \((?:reading|setting) '(.*)'\)$/,
    "Error",
    "Can't read property '$2' of $1",
  ],
  [/^(?:.*\.)?([^.\s]+) is not a function$/, "Error", 'Function "$1" not found!'],
  [/^.* is not a function or its return value is not iterable$/, "Error", "Expecting function"],
  [/^.* is not a constructor$/, "Error", "Constructor should be a function"],
  [/^(.*) is not defined$/, "ReferenceError", '"$1" is not defined'],
  [/^Cannot access '(.*)' before initialization$/, "ReferenceError", '"$1" is not defined'],
  [/^Assignment to constant variable\.$/, "TypeError", "Assignment to a constant"],
  [/^Right-hand side of 'instanceof' is not (?:callable|an object)$/, "Error", "Expecting function on RHS"],
  [/^Class constructor .* cannot be invoked without 'new'$/, "Error", "Class constructor called without new"],
];

const STACK_OVERFLOW = "Maximum call stack size exceeded";

/** True for the error with which this computer's engine stops an endless recursion. */
export function isStackOverflow(error: unknown): boolean {
  return (error as { message?: unknown } | null | undefined)?.message === STACK_OVERFLOW;
}

/** The error the firmware would have thrown; anything that is no error of this computer's engine is handed back. */
export function firmwareError(error: unknown, realm: Realm): unknown {
  if (typeof error !== "object" || error === null) return error;
  const { message, name } = error as { message?: unknown; name?: unknown };
  if (typeof message !== "string") return error;
  for (const [pattern, kind, replacement] of REPLACEMENTS) {
    // "Data is not defined" is also what the firmware's Flash.write says, in an Error.
    if (kind === "ReferenceError" && isPlainError(error, realm)) continue;
    if (pattern.test(message)) return withStackOf(error, realm.error(kind, message.replace(pattern, replacement)));
  }
  if (!(error instanceof Error)) return error;
  // One of our own: the program's `instanceof` must know it.
  const kind = name === "TypeError" ? "TypeError" : "Error";
  return Object.assign(realm.error(kind, message), { ...error });
}

function isPlainError(error: object, realm: Realm): boolean {
  return Object.getPrototypeOf(error) === (realm.global.Error as typeof Error | undefined)?.prototype;
}

function withStackOf(from: object, to: object): object {
  const { stack } = from as { stack?: unknown };
  Object.defineProperty(to, "stack", { value: stack, writable: true, configurable: true, enumerable: false });
  return to;
}
