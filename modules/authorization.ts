// Values of the header Authorization. No error that is raised here holds the secret.
import { makeError, refuse } from "./errors";
import { toBytes } from "./text";

// RFC 7617 2: no control characters in either part.
function isPart(part: any): boolean {
  return typeof part === "string" && !/[\0-\x1f\x7f]/.test(part);
}

function refuseSecret(name: string): void {
  throw makeError("E_OPTION", "options", name + " has a character it must not have, or is no text");
}

/**
 * Basic authorisation (RFC 7617), both parts in UTF-8 (modules/text.ts). Raises E_OPTION for a user with a colon, and for a
 * control character or something other than a string in either; E_TEXT_MIXED.
 */
export function basic(user: string, password: string): string {
  if (!isPart(user) || user.indexOf(":") >= 0) refuse("user", user);
  if (!isPart(password)) refuseSecret("password");
  return "Basic " + btoa(toBytes(user) + ":" + toBytes(password));
}

/** A bearer token (RFC 6750 2.1). Raises E_OPTION for what is no token: empty, or with a blank, a line end or any other character. */
export function bearer(token: string): string {
  if (typeof token !== "string" || !/^[\w.~+\/\-]+=*$/.test(token)) refuseSecret("token");
  return "Bearer " + token;
}
