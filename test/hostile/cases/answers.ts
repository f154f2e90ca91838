// Answers that are none, that never end, or that contradict themselves.
import type { HostileCase, Then } from "../play.ts";

const STATUS = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${STATUS}Transfer-Encoding: chunked\r\n\r\n`;

const inHead = (code: string): string => `${code} in head`;
const inBody = (code: string): string => `${code} in body`;

function answers(rows: [name: string, answer: string, ends: string, then?: Then][]): HostileCase[] {
  return rows.map(([name, answer, ends, then = "waits"]) => ({ name, server: { answer, then }, ends }));
}

export const NO_ANSWERS = answers([
  ["an SSH server", "SSH-2.0-OpenSSH_9.2\r\n", inHead("E_STATUS_LINE")],
  ["an SMTP server", "220 mail.example ESMTP\r\n", inHead("E_STATUS_LINE")],
  ["HTTP/0.9", "<html>hello</html>", inHead("E_STATUS_LINE"), "closes"],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a frame of HTTP/2", "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80", inHead("E_STATUS_LINE")],
  ["HTTP/2.0 in the status line", "HTTP/2.0 200 OK\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a request in place of a response", "GET / HTTP/1.1\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a TLS record in the clear", "\x15\x03\x03\0\x02\x02\x28", inHead("E_STATUS_LINE")],
  ["garbage before the status line", `\0\xff\xfe${STATUS}\r\n`, inHead("E_STATUS_LINE")],
  ["empty lines before the status line", `\r\n\r\n\r\n${STATUS}\r\n`, inHead("E_STATUS_LINE")],
  ["a status that is no number", "HTTP/1.1 2OO OK\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a status of 999", "HTTP/1.1 999 No\r\n\r\n", inHead("E_STATUS_LINE")],
  ["another protocol, which nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a NUL in the status line", "HTTP/1.1 200 O\0K\r\n\r\n", inHead("E_STATUS_LINE")],
  ["a header without a colon", `${STATUS}nonsense\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["a blank before the colon", `${STATUS}Content-Length : 5\r\n\r\nhello`, inHead("E_HEADER_LINE")],
  ["a header without a name", `${STATUS}: x\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["a NUL in a header", `${STATUS}X-A: a\0b\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["a bare CR in a header", `${STATUS}X-A: a\rX-B: b\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["a folded line before any header", `${STATUS} folded\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["a header that is an object's prototype", `${STATUS}__proto__: x\r\n\r\n`, inHead("E_HEADER_LINE")],
  ["1xx answers, and no other", "HTTP/1.1 100 Continue\r\n\r\n".repeat(3), inHead("E_TRUNCATED"), "closes"],
]);

const endless = (piece: string): { endless: string } => ({ endless: piece });

export const FLOODS: HostileCase[] = [
  ...answers([
    ["10 MB of headers", STATUS, inHead("E_HEAD_LIMIT"), endless(`X-Header: ${"x".repeat(1_000)}\r\n`)],
    ["a million headers", STATUS, inHead("E_HEADER_COUNT"), endless("a:b\r\n")],
    ["a million cookies", STATUS, inHead("E_HEADER_COUNT"), endless("Set-Cookie: a=b\r\n")],
    ["one endless header line", `${STATUS}X-Header: `, inHead("E_LINE_LIMIT"), endless("x")],
    ["an endless header name", STATUS, inHead("E_LINE_LIMIT"), endless("x")],
    ["an endless status line", "HTTP/1.1 200 ", inHead("E_LINE_LIMIT"), endless("x")],
    ["folded lines without end", `${STATUS}X-A: a\r\n`, inHead("E_HEAD_LIMIT"), endless(" folded\r\n")],
    ["1xx answers without end", "", inHead("E_INTERIM_LIMIT"), endless("HTTP/1.1 100 Continue\r\n\r\n")],
    ["1xx answers with headers without end", "HTTP/1.1 103 Early Hints\r\n", inHead("E_HEADER_COUNT"), endless("Link: </a>\r\n")],
    ["garbage without end", "", inHead("E_STATUS_LINE"), endless("\0\xff")],
    ["empty lines without end", "", inHead("E_STATUS_LINE"), endless("\r\n")],
    ["a body without end", `${STATUS}\r\n`, inBody("E_BODY_LIMIT"), endless("0123456789")],
    ["a chunk's size without end", CHUNKED, inBody("E_LINE_LIMIT"), endless("0")],
    ["a chunk extension without end", `${CHUNKED}5;name=`, inBody("E_LINE_LIMIT"), endless("x")],
    ["trailers without end", `${CHUNKED}0\r\n`, inBody("E_HEADER_COUNT"), endless("X-A: 1\r\n")],
    ["10 MB of trailers", `${CHUNKED}0\r\n`, inBody("E_HEAD_LIMIT"), endless(`X-A: ${"x".repeat(1_000)}\r\n`)],
    ["more than it said, without end", `${STATUS}Content-Length: 5\r\n\r\nhello`, "200", endless("more")],
  ]),
  // 16,384 chunks of a byte take a real interpreter on a computer 15 seconds.
  { name: "chunks without end", server: { answer: CHUNKED, then: endless("1\r\nx\r\n") }, options: { limits: { bodyBytes: 256 } }, ends: inBody("E_BODY_LIMIT") },
  { name: "a streamed body without end", server: { answer: `${STATUS}\r\n`, then: endless("0123456789") }, streams: true, deadlines: { totalMs: 900 }, ends: inBody("E_TIMEOUT_TOTAL") },
  { name: "streamed chunks without end", server: { answer: CHUNKED, then: endless("1\r\nx\r\n") }, streams: true, deadlines: { totalMs: 900 }, ends: inBody("E_TIMEOUT_TOTAL") },
  {
    name: "10 MB of headers, TLS", tls: ({ good }) => good,
    server: { answer: STATUS, then: endless(`X-Header: ${"x".repeat(1_000)}\r\n`) }, ends: inHead("E_HEAD_LIMIT"),
  },
  { name: "a body without end, TLS", tls: ({ good }) => good, server: { answer: `${STATUS}\r\n`, then: endless("0123456789") }, ends: inBody("E_BODY_LIMIT") },
];

const withLength = (value: string): string => `${STATUS}Content-Length: ${value}\r\n\r\nhello`;
const withCoding = (value: string): string => `${STATUS}Transfer-Encoding: ${value}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
const withChunk = (chunk: string): string => CHUNKED + chunk;

export const FRAMING = answers([
  ["a negative length", withLength("-5"), inHead("E_CONTENT_LENGTH")],
  ["a length with a sign", withLength("+5"), inHead("E_CONTENT_LENGTH")],
  ["a length with a fraction", withLength("5.0"), inHead("E_CONTENT_LENGTH")],
  ["a hexadecimal length", withLength("0x5"), inHead("E_CONTENT_LENGTH")],
  ["an empty length", withLength(""), inHead("E_CONTENT_LENGTH")],
  ["a length that overflows", withLength("18446744073709551621"), inHead("E_CONTENT_LENGTH")],
  ["a list of lengths", withLength("5, 5"), inHead("E_CONTENT_LENGTH")],
  ["two lengths", `${STATUS}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, inHead("E_CONTENT_LENGTH")],
  ["the same length twice", `${STATUS}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, "200"],
  ["a length beside chunks", `${STATUS}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, inHead("E_CONTENT_LENGTH")],
  ["a length that is too great", withLength("999999999"), inBody("E_TRUNCATED"), "closes"],
  ["a length that is too small", withLength("2"), "200"],
  ["compression that nobody asked for", withCoding("gzip"), inHead("E_TRANSFER_ENCODING")],
  ["compression below chunks", withCoding("gzip, chunked"), inHead("E_TRANSFER_ENCODING")],
  ["chunks twice", withCoding("chunked, chunked"), inHead("E_TRANSFER_ENCODING")],
  ["chunks misspelt", withCoding("xchunked"), inHead("E_TRANSFER_ENCODING")],
  ["a negative chunk", withChunk("-5\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk with a sign", withChunk("+5\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk's size with 0x", withChunk("0x5\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk's size that is no number", withChunk("five\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk without a size", withChunk("\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk that overflows 32 bits", withChunk("100000005\r\nhello\r\n"), inBody("E_TRUNCATED"), "closes"],
  ["a chunk that overflows 64 bits", withChunk("10000000000000005\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk that is huge", withChunk("ffffffffffffffff\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a chunk that is longer than its size", withChunk("3\r\nhello\r\n0\r\n\r\n"), inBody("E_CHUNK")],
  ["a chunk that is shorter than its size", withChunk("7\r\nhello\r\n0\r\n\r\n"), inBody("E_CHUNK")],
  ["a chunk without a line end after it", withChunk("5\r\nhello5\r\nhello\r\n"), inBody("E_CHUNK")],
  ["a trailer that is none", withChunk("0\r\nnonsense\r\n\r\n"), inBody("E_HEADER_LINE")],
]);
