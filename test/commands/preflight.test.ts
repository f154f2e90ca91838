import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { issue } from "../certificates/issue.ts";
import { HOST, serve, serveByName } from "../preflight/servers.ts";
import { runVerb } from "./run-verb.ts";

const root = await issue({ name: "EC root", key: "p-384" });
const leaf = await issue({ name: HOST, key: "p-256", issuer: root, hosts: [HOST] });
const running: LoopbackServer[] = [];
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "espruino-https-preflight-"));
  writeFileSync(join(folder, "roots.pem"), root.pem);
});
after(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all(running.map((server) => server.stop()));
});

async function run(start: Promise<LoopbackServer>, ...args: string[]): Promise<{ exitCode: number | null; text: string }> {
  const server = await start;
  running.push(server);
  return runVerb("preflight", [`https://${HOST}/`, "--connect-to", server.address, "--roots", "roots.pem", ...args], { cwd: folder });
}

test("a server that goes by the name: stock firmware fails, this project works, and what to do is said", async () => {
  const { exitCode, text } = await run(serveByName([leaf]), "--board", "ESP32S3");
  assert.equal(exitCode, 0, text);
  assert.match(text, /^https:\/\/local\.example\/ from an ESP32-S3 \(mbedTLS 2\.28/);
  assert.match(text, /\nstock firmware +NO \[E_SNI\]\. It asks for the made-up name "mbed TLS Server 1"/);
  assert.match(text, /\nthis project +yes\. It connects, and the board can verify the server with EC root\.\n/);
  assert.match(text, /\nEmbed +EC root \(root, EC P-384, \d+ bytes, until .*\)\. It is not in certs\/ yet:\n +npm run certs -- add https:\/\/local\.example\n/);
  assert.match(text, /\nMemory +about 33,000 bytes for the connection, of about 40,000 bytes: that fits/);
  assert.match(text, /\nAnswer +HTTP\/1\.0, as the client asks: 200, 2 bytes, with their length\n/);
});

test("a server with TLS 1.3 alone: 1, and --json says the same to a script", async () => {
  const { exitCode, text } = await run(serve([leaf], { minVersion: "TLSv1.3" }), "--json");
  const { outcome, project, format } = JSON.parse(text) as { outcome: string; project: { code: string; text: string }; format: number };
  assert.deepEqual([exitCode, format, outcome, project.code], [1, 1, "fails", "E_TLS_ALERT"]);
  assert.match(project.text, /TLS 1\.3 only/);
});

test("a silent server: 3, after the time that was given", async () => {
  const { exitCode, text } = await run(listenOnLoopback(net.createServer()), "--timeout", "0.2");
  assert.equal(exitCode, 3, text);
  assert.match(text, /any firmware +NOT KNOWN \[E_TIMEOUT_HANDSHAKE\]\. local\.example:443 takes the connection, but does not finish/);
});

test("--help ends with 0 and explains the exit codes; wrong use ends with 4 and no stack", async () => {
  const help = await runVerb("preflight", ["--help"]);
  assert.deepEqual([help.exitCode, /Exit code:\n +0 /.test(help.text)], [0, true]);
  const cases: [string[], RegExp][] = [
    [[], /missing required argument 'url'/],
    [["http://a.example"], /plain http/],
    [["https://a.example", "--board", "UNO"], /Allowed choices are ESP32, ESP32C3/],
    [["https://a.example", "--cert", "x.pem"], /--cert and --key go together/],
  ];
  const ends = await Promise.all(cases.map(([args]) => runVerb("preflight", args, { cwd: folder })));
  for (const [i, { exitCode, text }] of ends.entries()) {
    assert.deepEqual([exitCode, cases[i]![1].test(text), /\n +at /.test(text)], [4, true, false], text);
  }
});
