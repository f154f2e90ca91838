// The few rules of RFC 9110 5 that requests and responses share.

/** A name: method, header name (5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;

/** A text without the blanks and tabs around it (OWS, 5.6.3); trim() would take bytes of UTF-8 characters for blanks in some engines. */
export function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}

/** Whether a value holds what would end its line early or hide its end (5.5): CR, LF or NUL. */
export function holdsLineEnd(text: string): boolean {
  return /[\0\r\n]/.test(text);
}
