// The two schemes this project speaks, taken apart (RFC 3986 3; no user information, no IPv6: the firmware has none).
import { refuse } from "./errors";

export interface Origin {
  secure: boolean;
  host: string;
  port: number;
  /** Path and query; the fragment is dropped, as it is never sent. */
  path: string;
}

/** Whether a host is an IPv4 address and no name: it is not looked up, and goes by other rules in certificates. */
export function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host);
}

/** Takes a URL apart. Raises E_OPTION for anything but `http://host[:port][/path][?query]` and `https://...`. */
export function parseUrl(url: string): Origin {
  const secure = url.substr(0, 8) === "https://";
  const rest = url.split("#")[0]!.substr(secure ? 8 : 7).replace(/^([^\/?]*)\?/, "$1/?") + "/";
  const slash = rest.indexOf("/");
  const parts = rest.substr(0, slash).split(":");
  const port = parts[1];
  if ((!secure && url.substr(0, 7) !== "http://") || parts.length > 2 || (port && !/^\d+$/.test(port))) refuse("url", url.split("?")[0]!.replace(/^[^@]*@/, ""));
  return { secure, host: parts[0]!, port: port ? parseInt(port, 10) : secure ? 443 : 80, path: rest.slice(slash, -1) || "/" };
}
