// RFC 9112 5: header lines of a response or of its trailer section.
import { holdsLineEnd, TOKEN } from "./syntax";

/** Lower-case names; repeated ones joined with ", ", set-cookie as an array (its values may hold commas). */
export type ResponseHeaders = Record<string, any>;

const COOKIE = "set-cookie";
// Between cookies until the head is complete: no value can hold it.
const COOKIE_END = "\n";

/**
 * Adds one header line (without line end) to `headers` and returns its lower-case name, or undefined when the line is no
 * header: white space before the colon, a name that is no token (RFC 9112 5.1), a bare CR or NUL (RFC 9110 5.5),
 * `__proto__`. A Content-Length said twice counts once (RFC 9110 8.6). Only own properties count: `constructor` is a possible name.
 */
export function addHeaderLine(headers: ResponseHeaders, line: string): string | undefined {
  const colon = line.indexOf(":");
  const name = line.substr(0, colon).toLowerCase();
  const value = line.substr(colon + 1).trim();
  const isKnown = headers.hasOwnProperty(name);
  if (colon < 1 || !TOKEN.test(name) || name === "__proto__" || holdsLineEnd(line)) return undefined;
  if (isKnown && name === "content-length" && headers[name] === value) return name;
  headers[name] = isKnown ? headers[name] + (name === COOKIE ? COOKIE_END : ", ") + value : value;
  return name;
}

// Of the value only the last byte is looked at, and no variable holds it while more is added, which would copy it (2v29): a head of
// nothing but folded lines would cost its square.
function needsBlank(value: string | undefined): boolean {
  return !!value && /[^ \n]/.test(value.charAt(value.length - 1));
}

/** Appends a folded line (RFC 9112 5.2) to the value it continues; false when it holds what a header must not. */
export function appendFoldedLine(headers: ResponseHeaders, name: string, line: string): boolean {
  const more = line.trim();
  if (more) headers[name] += (needsBlank(headers[name]) ? " " : "") + more;
  return !holdsLineEnd(line);
}

/** Makes cookies the array that they are in a finished head. */
export function splitCookies(headers: ResponseHeaders): void {
  if (headers[COOKIE] !== undefined) headers[COOKIE] = headers[COOKIE].split(COOKIE_END);
}
