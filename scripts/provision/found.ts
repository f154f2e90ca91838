const SHOWN_LENGTH = 80;

/** What a setting is, in words and without its content: "missing", "a text of 5 characters", "a list". */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty text" : `a text of ${value.length} characters`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What a setting is that is no secret: its value if it is a text or a number, cut short, without what a URL may hide. */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value === "") return kindOf(value);
  const text = withoutCredentials(value);
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text);
}

/** A URL's user, password, query and fragment may be secrets, and a slip in its beginning must not show them. */
function withoutCredentials(text: string): string {
  return text.replace(/[?#].*$/s, (rest) => `${rest[0]}...`).replace(/^.*@/s, (before) => `${/^\w+:\/\//.exec(before)?.[0] ?? ""}...@`);
}
