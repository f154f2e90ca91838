import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { ECHO_HOST, startEcho, type EchoReport } from "../../scripts/cloud/echo.ts";
import { exchange } from "./raw-client.ts";

const authority = await createAuthority();
const encrypted = await startEcho(await issueCertificate(authority, { names: [ECHO_HOST] }));
const plain = await startEcho(undefined);
const secure = { ca: authority.pem, servername: ECHO_HOST };
after(() => Promise.all([encrypted.stop(), plain.stop()]));

const BODY = Buffer.from('{"text":"\u00e9 \u20ac \u{1f512}"}');
const HEAD = Buffer.from(
  `POST /echo HTTP/1.0\r\nHost: ${ECHO_HOST}\r\nContent-Length: ${BODY.length}\r\nX: \xc3\xa9\r\n\r\n`,
  "latin1",
);

for (const [name, server, tlsOptions] of [["TLS", encrypted, secure], ["plain", plain, undefined]] as const) {
  test(`${name}: every byte of head and body comes back`, async () => {
    const answer = await exchange(server.port, Buffer.concat([HEAD, BODY]), tlsOptions);
    assert.equal(answer.status, 200);
    const expected: EchoReport = {
      headHex: HEAD.toString("hex"),
      bodyHex: BODY.toString("hex"),
      contentLength: BODY.length,
      serverName: tlsOptions ? ECHO_HOST : null,
    };
    assert.deepEqual(JSON.parse(answer.body), expected);
  });
}

test("a request without a body is echoed too", async () => {
  const answer = await exchange(plain.port, "GET /echo HTTP/1.1\r\n\r\n");
  assert.deepEqual(JSON.parse(answer.body), {
    headHex: Buffer.from("GET /echo HTTP/1.1\r\n\r\n").toString("hex"),
    bodyHex: "",
    contentLength: null,
    serverName: null,
  });
});

test("a megabyte passes, more does not", async () => {
  const size = 1024 * 1024;
  const body = Buffer.alloc(size, 0xe9);
  const head = `POST /echo HTTP/1.0\r\nContent-Length: ${size}\r\n\r\n`;
  const answer = await exchange(plain.port, Buffer.concat([Buffer.from(head), body]));
  assert.equal((JSON.parse(answer.body) as EchoReport).bodyHex.length, 2 * size);
  const tooLong = await exchange(plain.port, `POST /echo HTTP/1.0\r\nContent-Length: ${size + 1}\r\n\r\n`);
  assert.equal(tooLong.status, 413);
});

test("other paths and chunked bodies are refused", async () => {
  assert.equal((await exchange(plain.port, "GET / HTTP/1.0\r\n\r\n")).status, 404);
  const chunked = "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  assert.equal((await exchange(plain.port, chunked)).status, 411);
});
