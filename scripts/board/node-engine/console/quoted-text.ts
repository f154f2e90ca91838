const SHORT: Record<number, string> = { 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\" };
const DELETE = 0x7f;
const SPACE = 0x20;

/** A string in quotes for people: bytes that do not print as `\xNN` (`%q` of the firmware). */
export function quoted(text: string): string {
  return quote(text, (code, next) => {
    if (code === 0) return next >= 48 && next <= 57 ? "\\x00" : "\\0";
    if (code === 11) return "\\v";
    return code < 8 ? `\\${code}` : `\\x${hex(code, 2)}`;
  });
}

/** A string in quotes for JSON: bytes that do not print as `\u00NN` (`%Q` of the firmware). */
export function quotedForJson(text: string): string {
  return quote(text, (code) => `\\u${hex(code, 4)}`);
}

function quote(text: string, escape: (code: number, next: number) => string): string {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 0xff;
    if (code in SHORT) result += SHORT[code]!;
    else if (code < SPACE || code >= DELETE) result += escape(code, text.charCodeAt(i + 1));
    else result += String.fromCharCode(code);
  }
  return `"${result}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
