import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import net from "node:net";
import { after, test } from "node:test";
import tls, { type ConnectionOptions } from "node:tls";
import { AWS_HOST, startAwsIot } from "../../scripts/cloud/aws-iot.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { DeviceIdentity } from "../../scripts/cloud/device-registry.ts";
import { listenOnLoopback } from "../../scripts/cloud/loopback.ts";
import { exchange, type Exchange } from "./raw-client.ts";
import { tapRecords } from "./record-tap.ts";

const authority = await createAuthority();
const lines: string[] = [];
const aws = await startAwsIot(issueCertificate(authority, { names: [AWS_HOST] }), { log: (line) => lines.push(line), keepAliveMs: 400 });
after(() => aws.stop());
const server: ConnectionOptions = { ca: authority.pem, servername: AWS_HOST };
const PATH = `/things/${aws.thing}/shadow`;

function as({ certPem, keyPem }: Pick<DeviceIdentity, "certPem" | "keyPem"> = aws.device): ConnectionOptions {
  return { ...server, cert: certPem, key: keyPem };
}

function request(line: string, body?: string, headers = "Connection: close\r\n"): string {
  const length = body === undefined ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${line}\r\nHost: ${AWS_HOST}:8443\r\n${headers}${length}\r\n${body ?? ""}`;
}

function send(line: string, body?: string): Promise<Exchange> {
  return exchange(aws.mutual.port, request(line, body), as());
}

function jsonOf(answer: Exchange): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>;
}

test("with the device's certificate a shadow is written and read", async () => {
  const written = await send(`POST ${PATH} HTTP/1.1`, '{"state":{"desired":{"prop1":"12"},"reported":{"prop1":"11"}}}');
  assert.equal(written.status, 200);
  const read = await send(`GET ${PATH} HTTP/1.0`);
  assert.deepEqual(jsonOf(read).state, { desired: { prop1: "12" }, reported: { prop1: "11" }, delta: { prop1: "12" } });
  const deleted = await send(`DELETE ${PATH} HTTP/1.1`);
  assert.deepEqual([deleted.status, Object.keys(jsonOf(deleted))], [200, ["version", "timestamp"]]);
  const gone = await send(`GET ${PATH} HTTP/1.1`);
  assert.equal(gone.status, 404);
  assert.equal(gone.body, `{"code":404,"message":"No shadow exists with name: '${aws.thing}'"}`);
  assert.equal(gone.headers["x-amzn-errortype"], "ResourceNotFoundException:");
});

test("the head is the service's", async () => {
  const { bytes, headers, body } = await send(`POST ${PATH} HTTP/1.1`, '{"state":{"reported":{"a":1}}}');
  const names = bytes.toString().split("\r\n\r\n")[0]!.split("\r\n").slice(1).map((line) => line.split(":")[0]);
  assert.deepEqual(names, ["content-type", "content-length", "date", "x-amzn-RequestId", "connection"]);
  assert.equal(Number(headers["content-length"]), body.length);
  assert.match(headers["x-amzn-requestid"]!, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("head and body come apart, in records of their own", async () => {
  const socket = tls.connect({ host: "127.0.0.1", port: aws.mutual.port, ...as() }, () => socket.write(request(`GET ${PATH} HTTP/1.1`)));
  const pieces: Buffer[] = await socket.toArray();
  assert.equal(pieces.length, 2);
  assert.ok(pieces[0]!.toString().endsWith("\r\n\r\n"));
  assert.ok(pieces[1]!.toString().startsWith("{"));
});

test("without a certificate the handshake ends with an alert", async () => {
  const answer = await exchange(aws.mutual.port, request(`GET ${PATH} HTTP/1.1`), server);
  assert.deepEqual([answer.bytes.length, answer.errorCode], [0, "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"]);
});

const strangers: [what: string, make: () => Promise<ConnectionOptions>][] = [
  ["an inactive certificate", async () => as(await aws.registry.issue({ things: [aws.thing], isActive: false }))],
  ["one that nobody registered", async () => as(await aws.registry.issue({ things: [aws.thing], isRegistered: false }))],
  ["one of another authority", async () => {
    const { pem, keyPem } = await issueCertificate(authority, { commonName: "AWS IoT Certificate", usage: "client" });
    return as({ certPem: pem, keyPem });
  }],
];
for (const [what, make] of strangers) {
  test(`${what} ends it with certificate_unknown, in the clear`, async () => {
    const tap = await tapRecords(aws.mutual.port);
    const answer = await exchange(tap.port, request(`GET ${PATH} HTTP/1.1`), await make());
    assert.deepEqual([answer.bytes.length, answer.errorCode], [0, "ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN"]);
    assert.equal(tap.serverRecords().at(-1), 21);
    await tap.stop();
    assert.equal(lines.at(-1), "aws 8443: client certificate refused with an alert");
  });
}

test("a hello and certificate in single bytes are served", async () => {
  const slow = await listenOnLoopback(net.createServer((client) => {
    const upstream = net.connect(aws.mutual.port, "127.0.0.1").setNoDelay(true);
    client.on("data", (bytes) => {
      for (const byte of bytes) upstream.write(Buffer.from([byte]));
    });
    upstream.pipe(client);
    client.on("close", () => upstream.destroy());
  }));
  assert.equal((await exchange(slow.port, request(`POST ${PATH} HTTP/1.1`, '{"state":{}}'), as())).status, 200);
  await slow.stop();
});

test("garbage, plain HTTP and clients that leave do not disturb it", async () => {
  await exchange(aws.mutual.port, "GET / HTTP/1.0\r\n\r\n");
  await exchange(aws.mutual.port, Buffer.alloc(2_000, 0x16));
  const leaver = tls.connect({ host: "127.0.0.1", port: aws.mutual.port, ...as() }, () => leaver.destroy());
  await once(leaver, "close");
  assert.equal((await send(`POST ${PATH} HTTP/1.1`, '{"state":{}}')).status, 200);
});

const refused: [what: string, line: string, body: string | undefined, status: number, type: string | undefined, message: string][] = [
  ["a thing that the policy does not name", "GET /things/other/shadow HTTP/1.1", undefined, 403, "ForbiddenException:", "Forbidden"],
  ["another path", "GET /things HTTP/1.1", undefined, 404, "ResourceNotFoundException:", "Not Found"],
  ["another method", `PUT ${PATH} HTTP/1.1`, "{}", 405, "MethodNotAllowedException:", "Method Not Allowed"],
  ["no JSON", `POST ${PATH} HTTP/1.1`, "{", 400, "InvalidRequestException:", "Invalid JSON"],
  ["another version", `POST ${PATH} HTTP/1.1`, '{"state":{},"version":999}', 409, "ConflictException:", "Version conflict"],
  ["9 KB", `POST ${PATH} HTTP/1.1`, `{"state":{},"clientToken":"${"x".repeat(9_000)}"}`, 413, "RequestEntityTooLargeException:",
    "The payload exceeds the maximum size allowed"],
  ["no Content-Length", `POST ${PATH} HTTP/1.1`, undefined, 411, undefined, "Content-Length is missing"],
];
for (const [what, line, body, status, type, message] of refused) {
  test(`${what}: ${status}`, async () => {
    const answer = await send(line, body);
    assert.equal(answer.status, status, answer.body);
    assert.equal(answer.headers["x-amzn-errortype"], type);
    assert.equal(jsonOf(answer).message, message);
  });
}

test("no Host and another Host are refused", async () => {
  const bare = await exchange(aws.mutual.port, `GET ${PATH} HTTP/1.1\r\nConnection: close\r\n\r\n`, as());
  assert.equal(bare.status, 400);
  const other = await exchange(aws.mutual.port, `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, as());
  assert.equal(other.status, 421);
});

test("the gateway's refusals carry a trace id, which is the request's", async () => {
  const { headers, body } = await send("GET /things/other/shadow HTTP/1.1");
  assert.equal(body, `{"message":"Forbidden","traceId":"${headers["x-amzn-requestid"]}"}`);
});

test("port 443 answers 403 to everything, with a certificate or without", async () => {
  for (const secure of [as(), server]) {
    for (const line of [`GET ${PATH} HTTP/1.1`, "GET / HTTP/1.1", `DELETE ${PATH} HTTP/1.1`]) {
      const answer = await exchange(aws.plain.port, request(line).replace(":8443", ""), secure);
      assert.equal(answer.status, 403);
      assert.match(answer.body, /^\{"message":"Missing Authentication Token","traceId":"[^"]+"\}$/);
    }
    const posted = await exchange(aws.plain.port, request(`POST ${PATH} HTTP/1.1`, '{"state":{}}').replace(":8443", ""), secure);
    assert.equal(posted.status, 403);
  }
});

test("an HTTP/1.1 connection stays open and serves the next request, then ends when none comes", async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const options = { host: "127.0.0.1", port: aws.mutual.port, path: PATH, agent, ...as() };
  const ports: (number | undefined)[] = [];
  let last: IncomingMessage["socket"] | undefined;
  for (let turn = 0; turn < 2; turn++) {
    const [response] = (await once(https.get({ ...options, headers: { host: AWS_HOST } }), "response")) as [IncomingMessage];
    assert.equal(response.headers.connection, "keep-alive");
    ports.push(response.socket.localPort);
    last = response.socket;
    await response.toArray();
  }
  assert.equal(ports[0], ports[1]);
  await once(last!, "close");
  agent.destroy();
});

test("who waits for the end of the connection waits until it is given up", async () => {
  const startMs = performance.now();
  const answer = await exchange(aws.mutual.port, request(`GET ${PATH} HTTP/1.1`, undefined, ""), as());
  assert.equal(answer.status, 200);
  assert.ok(performance.now() - startMs >= 399);
});

test("the device's papers are those of AWS: RSA-2048, PKCS #1, new for each device", async () => {
  const { certPem, keyPem, certDer, keyDer } = aws.device;
  assert.match(keyPem, /^-----BEGIN RSA PRIVATE KEY-----/);
  const key = createPrivateKey(keyPem);
  assert.equal(key.asymmetricKeyDetails?.modulusLength, 2_048);
  assert.ok(createPrivateKey({ key: keyDer, format: "der", type: "pkcs1" }).equals(key));
  const certificate = new X509Certificate(certPem);
  assert.ok(certificate.raw.equals(certDer));
  assert.ok(certificate.checkPrivateKey(key));
  assert.match(certificate.subject, /CN=AWS IoT Certificate/);
  const other = await aws.registry.issue({ things: [] });
  assert.equal(createPublicKey(other.keyPem).equals(createPublicKey(keyPem)), false);
});

test("it can be told that the device is inactive, to serve another thing, and to stay silent", async () => {
  const issued = issueCertificate(authority, { names: [AWS_HOST] });
  const inactive = await startAwsIot(issued, { isActive: false, thing: "fridge" });
  const refusedOne = await exchange(inactive.mutual.port, request("GET / HTTP/1.1"), as(inactive.device));
  assert.equal(refusedOne.errorCode, "ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN");
  const active = await inactive.registry.issue({ things: [inactive.thing] });
  const missing = await exchange(inactive.mutual.port, request("GET /things/fridge/shadow HTTP/1.1"), as(active));
  assert.equal(missing.status, 404);
  await inactive.stop();

  let heard: () => void;
  const received = new Promise<void>((resolve) => (heard = resolve));
  const silent = await startAwsIot(issued, { silent: true, log: () => heard() });
  const pending = exchange(silent.mutual.port, request(`GET ${PATH} HTTP/1.1`), as(silent.device));
  await received;
  await silent.stop();
  assert.equal((await pending).bytes.length, 0);
});

test("the log holds method and path, nothing else", () => {
  assert.ok(lines.includes(`aws 8443: "GET ${PATH} HTTP/1.1" and 0 bytes of body: 200`));
  assert.doesNotMatch(lines.join(), /prop1|BEGIN/);
});
