import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUrl } from "../../../../scripts/board/node-engine/firmware/url-parse.ts";

type Row = [
  url: string,
  protocol: string | undefined,
  host: string,
  port: number | null,
  path: string,
  pathname: string,
  search: string | null,
  query: string | null,
];

/** What url.parse of the real interpreter (2v29.277) gave. */
const MEASURED: Row[] = [
  ["tcp://localhost:80/", "tcp:", "localhost", 80, "/", "/", null, null],
  ["http://h/a?b=c&d", "http:", "h", null, "/a?b=c&d", "/a", "?b=c&d", "b=c&d"],
  ["https://user:pw@h:8443/x#f", "https:", "user:pw@h", 8443, "/x#f", "/x#f", null, null],
  ["h:80", undefined, "h:80", null, "/", "/", null, null],
  ["/a?b=c", undefined, "", null, "/a?b=c", "/a", "?b=c", "b=c"],
  ["http://h?x", "http:", "h?x", null, "/", "/", null, null],
  ["http://h:99999/", "http:", "h", null, "/", "/", null, null],
  ["http://h:0/", "http:", "h", null, "/", "/", null, null],
  ["", undefined, "", null, "/", "/", null, null],
  ["http://", "http:", "", null, "/", "/", null, null],
  ["tcp://h:1", "tcp:", "h", 1, "/", "/", null, null],
  ["http://h/p?x/y?z", "http:", "h", null, "/p?x/y?z", "/p?x/y", "?z", "z"],
  ["http://[::1]:80/", "http:", "[::1]", 180, "/", "/", null, null],
  ["a:b://c:5/d", undefined, "a:b:", null, "//c:5/d", "//c:5/d", null, null],
];

for (const [url, protocol, host, port, path, pathname, search, query] of MEASURED) {
  test(`parseUrl of ${JSON.stringify(url)} gives what the firmware gives`, () => {
    const common = { method: "GET", host, path, pathname, search, port, query };
    assert.deepEqual(parseUrl(url), protocol === undefined ? common : { protocol, ...common });
  });
}
