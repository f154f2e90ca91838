/** What stands for the text of a function of the firmware. */
export const NATIVE_TEXT = "function () { [native code] }";

/** A function's text as the program has it, without what translation added. */
export function sourceText(target: object, isNative: boolean): string {
  const text = Function.prototype.toString.call(target);
  return isNative || text.includes("[native code]") ? NATIVE_TEXT : withoutEngineNames(text);
}

/**
 * A function's text in the one form in which the firmware prints all functions: `function (a,b) {...}`.
 * @param shortBody stands for the body, where only the head is wanted
 */
export function normalisedFunction(source: string, shortBody?: string): string {
  if (source.startsWith("class")) return "function () {}";
  const match = /^(?:function)?\s*[\w$]*\s*(?:\(([^)]*)\)|([\w$]+))\s*(?:=>)?\s*([^]*)$/.exec(source);
  const parameters = (match?.[1] ?? match?.[2] ?? "").replace(/\s/g, "");
  const rest = match?.[3] ?? "";
  const body = rest.startsWith("{") ? rest.slice(1, -1).trim() : `return ${rest}`;
  if (body === "") return `function (${parameters}) {}`;
  return `function (${parameters}) {${shortBody ?? body}}`;
}

function withoutEngineNames(source: string): string {
  return source
    .replaceAll("--ǃn||ǃtick();", "")
    .replace(/const ǃ\w+=ǃcell\([^;]*\);/g, "")
    .replace(/ǃ([A-Za-z_$][\w$]*?)\d+\.(?:value|declared|typeOf\(\)|declare\(\))/g, "$1");
}
