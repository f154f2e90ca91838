import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { startCloud, TRUST_ANCHOR_FILE, type Cloud } from "../../scripts/cloud/cloud.ts";
import { exchange, type Exchange } from "./raw-client.ts";

function portOf(cloud: Cloud, host: string): number {
  return Number(cloud.connectTo[host]?.split(":")[1]);
}

/** Asks the stand-in for `host`, trusting the cloud's authority alone. */
function ask(cloud: Cloud, host: string, request: string): Promise<Exchange> {
  return exchange(portOf(cloud, `${host}:443`), request, { ca: cloud.authorityPem, servername: host });
}

function tokenRequest(cloud: Cloud): string {
  const { host, path, clientId, clientSecret, audience } = cloud.oauth;
  const fields = { client_id: clientId, client_secret: clientSecret, audience, grant_type: "client_credentials" };
  const body = JSON.stringify(fields);
  const headers = `Host: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  return `POST ${path} HTTP/1.0\r\n${headers}\r\n${body}`;
}

function statusRequest({ github: { owner, repo, ref } }: Cloud): string {
  const headers = "Host: api.github.com\r\nUser-Agent: test\r\n";
  return `GET /repos/${owner}/${repo}/commits/${ref}/status HTTP/1.0\r\n${headers}\r\n`;
}

function askAws(cloud: Cloud, port: number): Promise<Exchange> {
  const { endpoint, thing } = cloud.aws;
  const secure = { ca: cloud.authorityPem, servername: endpoint, cert: cloud.device.certPem, key: cloud.device.keyPem };
  const request = `GET /things/${thing}/shadow HTTP/1.0\r\nHost: ${endpoint}\r\n\r\n`;
  return exchange(portOf(cloud, `${endpoint}:${port}`), request, secure);
}

test("every service answers under its real name, and all is closed at the end", async () => {
  const lines: string[] = [];
  const cloud = await startCloud({ log: (line) => lines.push(line) });
  const check = await ask(cloud, "www.howsmyssl.com", "GET /a/check HTTP/1.0\r\n\r\n");
  const token = await ask(cloud, cloud.oauth.host, tokenRequest(cloud));
  const echo = await ask(cloud, "echo.example.com", "GET /echo HTTP/1.0\r\n\r\n");
  const plain = await exchange(portOf(cloud, "echo.example.com:80"), "GET /echo HTTP/1.0\r\n\r\n");
  assert.deepEqual([check, token, echo, plain].map(({ status }) => status), [200, 200, 200, 200]);
  assert.equal(await timeAnswers(portOf(cloud, "pool.ntp.org:123")), true);
  const github = await ask(cloud, "api.github.com", statusRequest(cloud));
  const page = await ask(cloud, "example.com", "GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
  const [mutual, forbidden] = [await askAws(cloud, 8443), await askAws(cloud, 443)];
  assert.deepEqual([github, page, mutual, forbidden].map(({ status }) => status), [200, 200, 404, 403]);
  assert.equal(lines.length, 9);
  assert.equal(lines.join().includes(cloud.oauth.clientSecret), false);

  await cloud.stop();
  await cloud.stop();
  for (const [host, address] of Object.entries(cloud.connectTo)) if (!host.endsWith(":123")) await refusesConnections(address);
});

async function timeAnswers(port: number): Promise<boolean> {
  const client = dgram.createSocket("udp4");
  const request = Buffer.alloc(48);
  request[0] = 0x23;
  client.send(request, port, "127.0.0.1");
  const [answer] = (await once(client, "message")) as [Buffer];
  client.close();
  return answer.length === 48;
}

async function refusesConnections(address: string): Promise<void> {
  const [host, port] = address.split(":");
  const [error] = (await once(net.connect(Number(port), host), "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
}

test("what it gives is what a board's settings take", async (t) => {
  const cloud = await startCloud();
  t.after(() => cloud.stop());
  for (const address of Object.values(cloud.connectTo)) assert.match(address, /^127\.0\.0\.1:\d+$/);
  assert.ok("time.google.com:123" in cloud.connectTo);
  const secureHosts = Object.keys(cloud.connectTo).filter((host) => /:8?443$/.test(host));
  assert.deepEqual(cloud.trustAnchors, Object.fromEntries(secureHosts.map((host) => [host, TRUST_ANCHOR_FILE])));
  const [der, pem] = [new X509Certificate(cloud.authorityDer), new X509Certificate(cloud.authorityPem)];
  assert.equal(der.fingerprint256, pem.fingerprint256);
  assert.ok(new URL(cloud.httpsGet.url).host + ":443" in cloud.connectTo);
  assert.match(cloud.github.pins.join(), /^[0-9a-f]{64}$/);
  assert.deepEqual([`${cloud.aws.endpoint}:8443`, `${cloud.aws.endpoint}:443`].filter((host) => !(host in cloud.connectTo)), []);
});

test("two clouds do not trust each other, and share no secret", async () => {
  const [one, other] = [await startCloud(), await startCloud()];
  assert.notEqual(one.device.keyPem, other.device.keyPem);
  assert.notEqual(one.oauth.clientSecret, other.oauth.clientSecret);
  const host = "www.howsmyssl.com";
  const secure = { ca: other.authorityPem, servername: host };
  const answer = await exchange(portOf(one, `${host}:443`), "GET / HTTP/1.0\r\n\r\n", secure);
  assert.equal(answer.bytes.length, 0);
  assert.match(answer.errorCode ?? "", /CERT|SIGN|ISSUER/);
  await Promise.all([one.stop(), other.stop()]);
});

test("it breaks as told", async () => {
  const cloud = await startCloud({ oauth: { rejectCredentials: true }, time: { misbehaviour: "silent" } });
  assert.equal((await ask(cloud, cloud.oauth.host, tokenRequest(cloud))).status, 401);
  await cloud.stop();

  let heard: () => void;
  const request = new Promise<void>((resolve) => (heard = resolve));
  const silent = await startCloud({ howsmyssl: { silent: true }, log: () => heard() });
  const pending = ask(silent, "www.howsmyssl.com", "GET /a/check HTTP/1.0\r\n\r\n");
  await request;
  await silent.stop();
  assert.equal((await pending).bytes.length, 0);
});
