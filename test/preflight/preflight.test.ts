import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { readCertificate } from "../../scripts/certificates/certificate.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { BOARDS } from "../../scripts/preflight/boards.ts";
import { describeReport } from "../../scripts/preflight/describe.ts";
import { peculiaritiesOf, type Traits } from "../../scripts/preflight/peculiarities.ts";
import { preflight, type PreflightOptions } from "../../scripts/preflight/preflight.ts";
import type { PreflightReport } from "../../scripts/preflight/report.ts";
import { parseTarget } from "../../scripts/preflight/target.ts";
import { issue, type Issued } from "../certificates/issue.ts";
import { HOST, makeCases, serve } from "./servers.ts";

const root = await issue({ name: "EC root", key: "p-384" });
const bigRoot = await issue({ name: "Big root", key: "rsa-4096" });
const cross = await issue({ name: "EC root", key: "p-384", issuer: bigRoot });
const running: LoopbackServer[] = [];
after(async () => void (await Promise.all(running.map((server) => server.stop()))));

async function examine(sent: Issued[], more: Partial<PreflightOptions> = {}, answer?: Parameters<typeof serve>[2], options = {}): Promise<PreflightReport> {
  const server = await serve(sent, options, answer);
  running.push(server);
  return await examineAt(server.port, more);
}

function examineAt(port: number, more: Partial<PreflightOptions> = {}): Promise<PreflightReport> {
  const roots = new RootStore([root, bigRoot].map(({ der }) => der));
  return preflight(`https://${HOST}/path?token=abc#part`, {
    board: BOARDS.ESP32C3, roots, certsFiles: [], now: new Date(), timeoutMs: 5_000, connectTo: { host: LOOPBACK, port }, ...more,
  });
}

const leafOf = (issuer: Issued, more = {}): Promise<Issued> => issue({ name: HOST, key: "p-256", issuer, hosts: [HOST], ...more });

describe("a report", () => {
  let report: PreflightReport;
  before(async () => {
    const certificate = readCertificate(root.der);
    report = await examine([await leafOf(root, { days: [-80, 10] })], { certsFiles: [{ file: "home.pem", head: {}, usedBy: [], certificate }] });
  });

  test("has the shape that docs/preflight.md promises", () => {
    assert.deepEqual(Object.keys(report), [
      "format", "url", "host", "port", "board", "checkedAt", "outcome", "exitCode", "stock", "project", "connection", "chain", "daysLeft", "root", "memory",
      "http", "peculiarities", "notes",
    ]);
    assert.deepEqual([report.format, report.url, report.outcome, report.exitCode], [1, `https://${HOST}/path?token=abc`, "works", 0]);
    assert.deepEqual(report.connection, { version: "TLS 1.2", suite: "ECDHE-ECDSA-AES256-GCM-SHA384", curve: "X25519", wantsClientCertificate: false });
    assert.deepEqual(report.http?.["1.0"], { statusCode: 200, framing: "length", bodyBytes: 2, isCutOff: false });
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });

  test("names the root, where it is, and how to get it", () => {
    const { name, key, isRoot, file, importLine, addCommand } = report.root!;
    assert.deepEqual({ name, key, isRoot, file, importLine, addCommand }, {
      name: "EC root", key: "EC P-384", isRoot: true, file: "certs/home.pem", importLine: 'import ca from "../certs/home.pem";',
      addCommand: `npm run certs -- add https://${HOST}`,
    });
  });

  test("says when the certificate will soon expire", () => {
    assert.equal(report.daysLeft, 9);
    assert.match(report.notes.join(), /expires in 9 days/);
  });
});

test("no server gets the path of the URL that the board would not trust", async () => {
  const asked: string[] = [];
  const hear = (request: string): { bytes: string } => { asked.push(request); return { bytes: "HTTP/1.0 200 OK\r\n\r\n" }; };
  const report = await examine([await leafOf(root)], { roots: new RootStore([bigRoot.der]) }, hear);
  assert.equal(report.project.code, "E_UNKNOWN_CA");
  assert.deepEqual([asked, report.http], [[], undefined]);
  await examine([await leafOf(root)], {}, hear);
  assert.deepEqual(asked.map((request) => request.split("\r\n")[0]).sort(), ["GET /path?token=abc HTTP/1.0", "GET /path?token=abc HTTP/1.1"]);
  assert.match(asked[0]!, /^Host: local\.example\r\n/m);
});

test("HEAD is asked for a head alone", async () => {
  const report = await examine([await leafOf(root)], { method: "HEAD" }, (request) => ({ bytes: /^HEAD /.test(request) ? "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" : "" }));
  assert.deepEqual([report.outcome, report.http?.["1.0"].framing], ["works", "length"]);
});

test("a key that the chip cannot reckon with fails everywhere", async () => {
  const { stock, project } = await examine([await leafOf(root, { key: "rsa-8192" })]);
  assert.deepEqual([stock.code, project.code], ["E_HANDSHAKE", "E_HANDSHAKE"]);
  assert.match(project.text, /RSA 8192 key is longer than the 4096 bits/);
});

test("memory: more for a longer chain, a longer key and a key of one's own, and what frees some", async () => {
  const [lean, long, big] = [
    await examine([await leafOf(root)]),
    await examine([await leafOf(root), cross, bigRoot], { board: BOARDS.ESP32 }),
    await examine([await leafOf(bigRoot)]),
  ];
  assert.deepEqual([lean.memory!.neededBytes, lean.memory!.freeBytes, lean.memory!.savings], [33_000, 70_000, []]);
  assert.ok(big.memory!.neededBytes > lean.memory!.neededBytes);
  assert.ok(long.memory!.neededBytes > 44_000 && long.memory!.freeBytes === 40_000);
  assert.match(long.memory!.savings.join("\n"), /Bluetooth off.*\n.*one TLS request at a time.*\n(.*\n)*.*sends the root "Big root" too/);
});

/** The smallest ESPR_TLS_HEAP (steps of 1,000) with which a verified GET came through in Espruino 2v29 for Linux with mbedTLS 2.28.3, on 2026-11-22. */
const MEASURED_BYTES = {
  "an RSA chain": 34_000, "an EC certificate under an RSA root": 31_000, "an RSA-4096 root": 37_000, "an RSA-3072 certificate": 35_000,
  "an EC chain": 32_000, "8 intermediates": 38_000,
};

test("memory: the rule of thumb is a little above what was measured", async () => {
  const { cases, pki } = await makeCases();
  const roots = new RootStore(pki.roots.map(({ der }) => der));
  for (const [name, measured] of Object.entries(MEASURED_BYTES)) {
    const server = await cases.find((each) => each.name === name)!.start();
    running.push(server);
    const { neededBytes } = (await examineAt(server.port, { roots })).memory!;
    assert.ok(neededBytes >= measured && neededBytes <= measured + 2_500, `${name}: ${neededBytes}, measured ${measured}`);
  }
});

test("an Espruino Pico is told honestly not to be for this project", async () => {
  const report = await examine([await leafOf(root)], { board: BOARDS.PICO });
  assert.deepEqual([report.project.code, report.exitCode, report.stock.code], ["E_TLS_LAYOUT", 1, "E_SNI"]);
  assert.match(report.project.text, /never ran on one/);
});

test("who cannot be reached is not judged", async () => {
  const gone = await listenOnLoopback(net.createServer());
  await gone.stop();
  const refused = await examineAt(gone.port);
  assert.deepEqual([refused.outcome, refused.exitCode, refused.project.code], ["unknown", 3, "E_CONNECT"]);
  const unknown = await examineAt(1, { connectTo: { host: "no-such-host.invalid", port: 1 } });
  assert.deepEqual([unknown.outcome, unknown.exitCode, unknown.project.code], ["unknown", 3, "E_DNS"]);
  assert.match(unknown.project.text, /There is no host "no-such-host\.invalid"/);
  const lines = describeReport(unknown, BOARDS.ESP32C3);
  assert.equal(lines.filter((line) => line.includes("There is no host")).length, 1);
});

test("IPv6 is not for a board", async () => {
  const report = await preflight("https://[::1]/", { board: BOARDS.ESP32, roots: new RootStore([root.der]), certsFiles: [], now: new Date() });
  assert.deepEqual([report.exitCode, report.project.text], [1, "The firmware has no IPv6. Give the server's name, or its IPv4 address."]);
});

test("targets: what is asked by HTTP, and what is refused", () => {
  assert.deepEqual(parseTarget("https://a.example"), { url: "https://a.example/", host: "a.example", port: 443, path: "/", isHttp: true });
  assert.deepEqual(parseTarget("a.example:8443"), { url: "https://a.example:8443/", host: "a.example", port: 8443, path: "/", isHttp: true });
  assert.deepEqual(parseTarget("mqtts://a.example"), { url: "mqtts://a.example", host: "a.example", port: 8883, path: "/", isHttp: false });
  assert.throws(() => parseTarget("https://me:secret@a.example/"), (error: Error) => /leave it out/.test(error.message) && !error.message.includes("secret"));
  assert.throws(() => parseTarget("http://a.example/"), /plain http/);
});

const PLAIN: Traits = { host: "a.example", port: 443, issuer: "CN=Some CA", headers: {}, statusCode: 200, goesByName: false };
const SERVICES: [Partial<Traits>, string, RegExp][] = [
  [{ host: "abc-ats.iot.eu-west-1.amazonaws.com" }, "AWS IoT Core", /ALPN.*use port 8443\.$/],
  [{ host: "abc-ats.iot.eu-west-1.amazonaws.com", port: 8443 }, "AWS IoT Core", /the right one/],
  [{ host: "abc.iot.eu-west-1.amazonaws.com", port: 8883 }, "AWS IoT Core", /at port 8443, not 8883\. .*-ats/],
  [{ headers: { server: "cloudflare" }, goesByName: true }, "Cloudflare", /host's name \(SNI\), which stock firmware never sends/],
  [{ headers: { "cf-ray": "1" }, statusCode: 403 }, "Cloudflare", /robots/],
  [{ headers: { via: "1.1 abc.cloudfront.net (CloudFront)" } }, "Amazon CloudFront", /\*\.cloudfront\.net/],
  [{ headers: { "x-served-by": "cache-fra-1" } }, "Fastly", /SNI/],
  [{ headers: { server: "AkamaiGHost" } }, "Akamai", /SNI/],
  [{ host: "abc.execute-api.eu-west-1.amazonaws.com" }, "AWS load balancer or API Gateway", /TLS 1\.3 only/],
  [{ issuer: "C=US, O=Let's Encrypt, CN=E5" }, "Let's Encrypt", /never pin/],
];

for (const [traits, name, text] of SERVICES) {
  test(`${name} is known by ${JSON.stringify(traits)}`, () => {
    const [found] = peculiaritiesOf({ ...PLAIN, ...traits });
    assert.equal(found?.name, name);
    assert.match(found.text, text);
  });
}

test("an ordinary server is none of them", () => assert.deepEqual(peculiaritiesOf(PLAIN), []));
