import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  checkHost,
  contentLength,
  hasBody,
  headerValues,
  keepsAlive,
  optionalLength,
  parseRequestHead,
  RequestError,
} from "../../scripts/cloud/request-head.ts";

const parse = (text: string) => parseRequestHead(Buffer.from(text, "latin1"));

test("a head is taken apart without change", () => {
  const head = parse("POST /a?b=c HTTP/1.0\r\nHost: h\r\nX-Empty:\r\nx-y: \t\xe9 z \r\nX-Y: 2\r\n\r\n");
  assert.deepEqual([head.method, head.target, head.httpVersion], ["POST", "/a?b=c", "1.0"]);
  assert.deepEqual(head.headers, [["Host", "h"], ["X-Empty", ""], ["x-y", "\xe9 z"], ["X-Y", "2"]]);
  assert.deepEqual(headerValues(head, "x-y"), ["\xe9 z", "2"]);
});

const refused = [
  "\r\n\r\n",
  "GET / HTTP/2.0\r\n\r\n",
  "GET /\r\n\r\n",
  "GET  / HTTP/1.1\r\n\r\n",
  "GET /a b HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1 \r\n\r\n",
  "GET / HTTP/1.1\nHost: h\n\n",
  "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
  "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
  "GET / HTTP/1.1\r\nHost\r\n\r\n",
  "GET / HTTP/1.1\r\n: h\r\n\r\n",
  "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
  "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
  "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
];
for (const text of refused) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parse(text), (error) => error instanceof RequestError && error.status === 400);
  });
}

const lengths: [headers: string, length: number | undefined, status?: number][] = [
  ["Content-Length: 0", 0],
  ["content-length: 12", 12],
  ["Content-Length: 5\r\nContent-Length: 5", 5],
  ["X: y", undefined, 411],
  ["Transfer-Encoding: chunked", undefined, 411],
  ["Content-Length: 5\r\nContent-Length: 6", undefined, 400],
  ["Content-Length: 5\r\nTransfer-Encoding: chunked", undefined, 400],
  ["Content-Length: -1", undefined, 400],
  ["Content-Length: 0x10", undefined, 400],
  ["Content-Length: 1e3", undefined, 400],
  ["Content-Length:", undefined, 400],
];
for (const [headers, length, status] of lengths) {
  test(`${JSON.stringify(headers)} means ${length ?? `status ${status}`}`, () => {
    const head = parse(`POST / HTTP/1.0\r\n${headers}\r\n\r\n`);
    if (status === undefined) assert.equal(contentLength(head), length);
    else assert.throws(() => contentLength(head), (error) => error instanceof RequestError && error.status === status);
  });
}

test("a length that need not be stated is 0, and no body", () => {
  const [bare, empty] = [parse("GET / HTTP/1.1\r\n\r\n"), parse("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")];
  assert.deepEqual([bare, empty].map((head) => [hasBody(head), optionalLength(head)]), [[false, 0], [true, 0]]);
  assert.throws(() => optionalLength(parse("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")), RequestError);
});

const connections: [version: string, headers: string, isKept: boolean][] = [
  ["1.1", "", true],
  ["1.1", "Connection: keep-alive\r\n", true],
  ["1.1", "Connection: Close\r\n", false],
  ["1.1", "Connection: TE, close\r\n", false],
  ["1.1", "Connection: TE\r\nconnection: close\r\n", false],
  ["1.0", "", false],
  ["1.0", "Connection: keep-alive\r\n", false],
];
for (const [version, headers, isKept] of connections) {
  test(`HTTP/${version} with ${JSON.stringify(headers)} ${isKept ? "keeps" : "closes"} the connection`, () => {
    assert.equal(keepsAlive(parse(`GET / HTTP/${version}\r\n${headers}\r\n`)), isKept);
  });
}

const hosts: [headers: string, status: number | undefined][] = [
  ["Host: a.example", undefined],
  ["host: A.Example:8443", undefined],
  ["X: y", 400],
  ["Host: a.example\r\nHost: a.example", 400],
  ["Host: b.example", 421],
  ["Host: a.example:443", 421],
  ["Host: xa.example", 421],
];
for (const [headers, status] of hosts) {
  test(`${JSON.stringify(headers)} is ${status ?? "right"} for a.example at 8443`, () => {
    const check = (): void => checkHost(parse(`GET / HTTP/1.1\r\n${headers}\r\n\r\n`), "a.example", 8_443);
    if (status === undefined) check();
    else assert.throws(check, (error) => error instanceof RequestError && error.status === status);
  });
}

test("no bytes make it fail in any other way", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        parseRequestHead(Buffer.concat([bytes, Buffer.from("\r\n\r\n")]));
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
      }
    }),
  );
});
