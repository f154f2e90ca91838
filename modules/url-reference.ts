// Where a Location header leads (RFC 3986 5.2, RFC 9110 10.2.2).
import { makeError } from "./errors";
import { percentEncode } from "./form";
import { parseUrl } from "./url";
import type { Origin } from "./url";

// Enough of a target to know it by.
const SHOWN_BYTES = 100;

/** Raises E_REDIRECT: why a target is not followed, and the target without its query, which can hold what nobody else should read. */
export function refuseTarget(reason: string, target: string): any {
  throw makeError("E_REDIRECT", "response", reason + ": " + target.split("?")[0]!.substr(0, SHOWN_BYTES));
}

/** The text of a URL, the port only when it is not the scheme's own. With an empty path it is what browsers call an origin. */
export function formatUrl(target: Origin, path: string): string {
  const ownPort = target.secure ? 443 : 80;
  return (target.secure ? "https://" : "http://") + target.host + (target.port === ownPort ? "" : ":" + target.port) + path;
}

function toLowerCase(text: string): string {
  return text.toLowerCase();
}

// RFC 3986 5.2.4, for a path that starts with a slash; the query is no part of it.
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  let segment = "";
  for (segment of path.substr(1).split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  if (segment === "." || segment === "..") kept.push("");
  return "/" + kept.join("/");
}

// RFC 3986 5.2.2, for a reference without scheme and host; 5.2.3 for one without a slash in front.
function resolvePath(base: string, reference: string): string {
  const basePath = base.split("?")[0]!;
  if (reference === "") return base;
  if (reference.charAt(0) === "?") return basePath + reference;
  return reference.charAt(0) === "/" ? reference : basePath.substr(0, basePath.lastIndexOf("/") + 1) + reference;
}

/**
 * Where `reference` leads from `base`: absolute, `//host`, `/path`, `?query` or a relative path. The fragment is dropped, and bytes that
 * no URL may hold are percent-encoded, as browsers do. Raises E_REDIRECT for what is no URL of a host, http or https.
 */
export function resolveReference(base: Origin, reference: string): Origin {
  let url = reference.split("#")[0]!.replace(/[^!-~]/g, percentEncode);
  if (url.substr(0, 2) === "//") url = (base.secure ? "https:" : "http:") + url;
  else if (!/^[a-z][a-z\d+.\-]*:/i.test(url)) url = formatUrl(base, resolvePath(base.path, url));
  url = url.replace(/^[^\/?][^\/?]*\/\/[^\/?]*/, toLowerCase);
  let target: Origin = base;
  try {
    target = parseUrl(url);
  } catch (notUrl) {
    refuseTarget("no http or https URL", url);
  }
  const path = target.path.split("?");
  if (!/^[\w.\-]+$/.test(target.host)) refuseTarget("host", url);
  if (/\/\./.test(path[0]!)) target.path = [removeDotSegments(path.shift()!)].concat(path).join("?");
  return target;
}
