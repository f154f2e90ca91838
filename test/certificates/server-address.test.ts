import assert from "node:assert/strict";
import { test } from "node:test";
import { describeAddress, looksLikeServer, parseServerAddress } from "../../scripts/certificates/server-address.ts";

const ADDRESSES: [string, string, number][] = [
  ["https://example.com", "example.com", 443],
  ["https://example.com/a/b?c=d#e", "example.com", 443],
  ["https://example.com:8443/", "example.com", 8_443],
  ["HTTPS://Example.COM", "example.com", 443],
  ["mqtts://broker.example", "broker.example", 8_883],
  ["mqtts://broker.example:443", "broker.example", 443],
  ["wss://example.com", "example.com", 443],
  ["example.com", "example.com", 443],
  ["example.com:8443", "example.com", 8_443],
  ["localhost", "localhost", 443],
  ["192.0.2.7:8443", "192.0.2.7", 8_443],
  ["[2001:db8::1]:8443", "2001:db8::1", 8_443],
  ["2001:db8::1", "2001:db8::1", 443],
  ["https://b\u00fccher.example", "xn--bcher-kva.example", 443],
];
const WRONG: [string, RegExp][] = [
  ["http://example.com/a", /plain http.*https:\/\/example\.com/],
  ["ssh://example.com", /needs a port/],
  ["https://", /is no address/],
  ["https://exa mple.com", /is no address/],
  ["example.com:65536", /is no address/],
  ["example.com:0", /needs a port/],
];

for (const [text, host, port] of ADDRESSES) {
  test(`${text} is a server`, () => {
    assert.ok(looksLikeServer(text));
    assert.deepEqual(parseServerAddress(text), { host, port });
  });
}

for (const [text, message] of WRONG) {
  test(`${text} is refused with what to write`, () => assert.throws(() => parseServerAddress(text), message));
}

test("a root's name is not taken for a server", () => {
  for (const name of ["ISRG Root X1", "GTS Root R4", "Amazon Root CA 1", "GlobalSign", "Certum Trusted Network CA 2", "some/file"]) {
    assert.equal(looksLikeServer(name), false, name);
  }
});

test("an IPv6 address is described in brackets", () => {
  assert.equal(describeAddress({ host: "::1", port: 443 }), "[::1]:443");
  assert.equal(describeAddress({ host: "a.example", port: 443 }), "a.example:443");
});
