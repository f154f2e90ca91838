/** Something wrong with the settings, for the person who wrote them. It never holds the value of a secret. */
export interface Mistake {
  /** Where: the keys from the outside in; empty for the file as a whole. */
  path: readonly PropertyKey[];
  /** What was expected and what was there; follows the path and a colon. */
  text: string;
  /** Line in the file, from 1, where it is known. */
  line?: number | undefined;
}

/** `wifi.password`, `clock.servers[0]`, `pins["example.com:443"]`: a path as JavaScript has it. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, index) => step(key, index === 0)).join("");
}

function step(key: PropertyKey, isFirst: boolean): string {
  if (typeof key === "number") return `[${key}]`;
  const name = String(key);
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `[${JSON.stringify(name)}]`;
  return isFirst ? name : `.${name}`;
}

/** All mistakes as lines for people, in the order of the file. */
export function mistakeLines(mistakes: readonly Mistake[]): string[] {
  const inOrder = [...mistakes].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity));
  return inOrder.map((mistake) => {
    const line = mistake.line === undefined ? "" : `(line ${mistake.line})`;
    const where = [pathText(mistake.path), line].filter((part) => part !== "").join(" ");
    return where === "" ? mistake.text : `${where}: ${mistake.text}`;
  });
}
