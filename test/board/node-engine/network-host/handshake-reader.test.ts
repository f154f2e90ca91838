import assert from "node:assert/strict";
import { test } from "node:test";
import { HandshakeReader, type ServerFlight } from "../../../../scripts/board/node-engine/network-host/handshake-reader.ts";

const HANDSHAKE = 22;
const CERTIFICATES = [Buffer.alloc(300, 1), Buffer.alloc(40, 2)];

function record(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3, body.length >> 8, body.length & 0xff), body]);
}

function withLength(body: Buffer): Buffer {
  const length = Buffer.alloc(3);
  length.writeUIntBE(body.length, 0, 3);
  return Buffer.concat([length, body]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), withLength(body)]);
}

const HELLO = message(2, Buffer.concat([Buffer.of(3, 2), Buffer.alloc(40)]));
const CERTIFICATE = message(11, withLength(Buffer.concat(CERTIFICATES.map(withLength))));
const DONE = message(14, Buffer.alloc(0));

function read(pieces: Iterable<Uint8Array>): ServerFlight[] {
  const flights: ServerFlight[] = [];
  const reader = new HandshakeReader((flight) => flights.push(flight));
  for (const piece of pieces) reader.push(piece);
  return flights;
}

const MESSAGES = Buffer.concat([HELLO, CERTIFICATE, DONE]);
const FLIGHTS: [what: string, bytes: Buffer, isFragmented?: boolean][] = [
  ["one record for each message", Buffer.concat([HELLO, CERTIFICATE, DONE].map((each) => record(HANDSHAKE, each)))],
  ["one record for all", record(HANDSHAKE, MESSAGES)],
  ["messages across records", Buffer.concat([record(HANDSHAKE, MESSAGES.subarray(0, 47)), record(HANDSHAKE, MESSAGES.subarray(47))]), true],
];

for (const [what, bytes, isFragmented = false] of FLIGHTS) {
  test(`the chain is found once, however the bytes come: ${what}`, () => {
    const expected = [{ version: [3, 2], chain: CERTIFICATES.map((each) => Uint8Array.from(each)), isFragmented }];
    assert.deepEqual(read([bytes, bytes]), expected);
    assert.deepEqual(read([...bytes].map((byte) => Uint8Array.of(byte))), expected);
    for (let cut = 0; cut < bytes.length; cut += 7) assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), expected);
  });
}

test("what is no handshake is left alone", () => {
  assert.deepEqual(read([record(21, Buffer.of(2, 40)), record(HANDSHAKE, MESSAGES)]), []);
  assert.deepEqual(read([Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]), []);
});
