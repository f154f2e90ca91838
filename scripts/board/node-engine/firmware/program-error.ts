import type { Runtime } from "../runtime.ts";

/** An error of one of the program's own classes, so that its `instanceof` knows it. */
export function programError(runtime: Runtime, message: string, type: "Error" | "TypeError" = "Error"): Error {
  return Reflect.construct(runtime.global[type] as ErrorConstructor, [message]) as Error;
}
