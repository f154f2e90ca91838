// The few rules of RFC 9110 5 that requests and responses share.

/** A name: method, header name (5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/;

/**
 * Whether a value holds what would end its line early or hide its end (5.5): CR, LF or NUL. VT and FF count too: no value may hold
 * them, and the firmware's trim() takes them for the blanks around one (2v29).
 */
export function holdsLineEnd(text: string): boolean {
  return /[\0\n-\r]/.test(text);
}
