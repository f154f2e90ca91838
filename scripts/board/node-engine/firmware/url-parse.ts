/** What `url.parse` of the firmware gives; `protocol` only when the text names one. */
export interface ParsedUrl {
  protocol?: string;
  method: string;
  host: string;
  path: string;
  pathname: string;
  search: string | null;
  port: number | null;
  query: string | null;
}

const HIGHEST_PORT = 65535;

/**
 * Splits a URL exactly as the firmware does (jswrap_url_parse without a query object), with its gaps: without a scheme
 * the port stays in the host, and user names, IPv6 and fragments are not known.
 */
export function parseUrl(url: string): ParsedUrl {
  const marks = scan(url);
  const pathStart = marks.path < 0 ? url.length : marks.path;
  const addressEnd = marks.port >= 0 ? marks.port : pathStart;
  const search = marks.search >= 0 ? url.slice(marks.search) : null;
  const parsed: ParsedUrl = {
    method: "GET",
    host: url.slice(marks.address + 1, addressEnd),
    path: url.slice(pathStart) || "/",
    pathname: url.slice(pathStart, marks.search >= 0 ? marks.search : undefined) || "/",
    search,
    port: portIn(url.slice(marks.digits, pathStart)),
    query: search === null ? null : search.slice(1),
  };
  return marks.address > 0 ? { protocol: url.slice(0, marks.address - 1), ...parsed } : parsed;
}

interface Marks {
  address: number;
  /** The last colon of the address. */
  port: number;
  /** Its first colon: digits count as the port's from here on. */
  digits: number;
  path: number;
  search: number;
}

function scan(url: string): Marks {
  const marks: Marks = { address: -1, port: -1, digits: url.length, path: -1, search: -1 };
  let slashes = 0;
  let colons = 0;
  for (let index = 0; index < url.length; index++) {
    const character = url[index];
    if (character === "/") {
      slashes++;
      if (marks.path < 0) marks.path = index;
      const isHostNext = colons === 1 && slashes === 2 && marks.address < 0;
      if (isHostNext) Object.assign(marks, { address: index, path: -1, search: -1 });
    } else if (character === ":") {
      colons++;
      if (marks.address < 0 || marks.path >= 0) continue;
      marks.port = index;
      marks.digits = Math.min(marks.digits, index);
    } else if (character === "?" && marks.path >= 0) {
      marks.search = index;
    }
  }
  return marks;
}

function portIn(text: string): number | null {
  const port = Number(text.replace(/[^0-9]/g, "") || 0);
  return port > 0 && port <= HIGHEST_PORT ? port : null;
}
