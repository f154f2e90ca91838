// The two schemes this project speaks, taken apart (RFC 3986 3; no user information, no IPv6: the firmware has none).
import { refuse } from "./errors";

export interface Origin {
  secure: boolean;
  host: string;
  port: number;
  /** Path and query; the fragment is dropped, as it is never sent. */
  path: string;
}

// The first of two positions that were found; `end` when neither was.
function firstOf(a: number, b: number, end: number): number {
  const last = b < 0 ? end : b;
  return a < 0 || a > last ? last : a;
}

/** Takes a URL apart. Raises E_OPTION for anything but `http://host[:port][/path]` and `https://...`. */
export function parseUrl(url: string): Origin {
  const secure = url.substr(0, 8) === "https://";
  const fragment = url.indexOf("#");
  const rest = url.substring(secure ? 8 : 7, fragment < 0 ? url.length : fragment);
  const end = firstOf(rest.indexOf("/"), rest.indexOf("?"), rest.length);
  const path = rest.substr(end);
  const parts = rest.substr(0, end).split(":");
  const port = parts[1];
  if ((!secure && url.substr(0, 7) !== "http://") || parts.length > 2 || (port !== undefined && !/^\d+$/.test(port))) refuse("url", url);
  return { secure, host: parts[0]!, port: port ? parseInt(port, 10) : secure ? 443 : 80, path: path.charAt(0) === "/" ? path : "/" + path };
}
