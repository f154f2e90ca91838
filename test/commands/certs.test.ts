import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import tls from "node:tls";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { issue, type Issued } from "../certificates/issue.ts";
import { runVerb } from "./run-verb.ts";

const root = await issue({ name: "EC root", key: "p-384" });
const middle = await issue({ name: "Middle", key: "p-256", issuer: root, days: [-1, 400] });
const leaf = await issue({ name: "server", key: "p-256-c", issuer: middle, hosts: [LOOPBACK] });
const servers: LoopbackServer[] = [];
let project: string;

beforeEach(() => { project = mkdtempSync(join(tmpdir(), "espruino-https-certs-verb-")); });
afterEach(() => rmSync(project, { recursive: true }));
after(async () => void (await Promise.all(servers.map((server) => server.stop()))));

async function serve(sent: Issued[]): Promise<string> {
  const server = await listenOnLoopback(tls.createServer({ cert: sent.map(({ pem }) => pem).join(""), key: sent[0]!.keyPem }).on("tlsClientError", () => undefined));
  servers.push(server);
  return `https://${server.address}/some/path`;
}

function put(file: string, text: string): string {
  mkdirSync(join(project, "certs"), { recursive: true });
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, file), text);
  return file;
}

function certs(...args: string[]): Promise<{ exitCode: number | null; text: string }> {
  return runVerb("certs", args, { cwd: project });
}

test("add URL shows what the server sends, chooses, says why, and writes it; list and check agree", async () => {
  const url = await serve([leaf, middle]);
  const roots = put("roots.pem", root.pem);
  const { exitCode, text } = await certs("add", url, "--roots", roots, "--name", "home");
  assert.equal(exitCode, 0, text);
  assert.match(text, /^127\.0\.0\.1:\d+ sends 2 certificates:\n {2}1\. server \(server, EC P-256, .*\n {2}2\. Middle \(authority, /);
  assert.match(text, /Ways to a trusted root:\n {2}server <- Middle <- EC root\n/);
  assert.match(text, /\* EC root: root, EC P-384, \d+ bytes, .*; 2 signatures to check\n {2}- Middle: intermediate, /);
  assert.match(text, /EC root is a root, which servers keep for years\.\n\nWritten: certs\/home\.pem\nIn a program: import ca from "\.\.\/certs\/home\.pem";\n$/);
  assert.match(readFileSync(join(project, "certs/home.pem"), "utf8"), /^# Subject: CN=EC root\n# Expires: .*\n# SHA-256: .*\n# From: roots\.pem\n-----BEGIN/);
  put("src/home.ts", 'import ca from "../certs/home.pem";\n');
  const [checked, strict, listed] = await Promise.all([certs("check"), certs("check", "--days", "2000"), certs("list", "--json")]);
  assert.deepEqual([checked.exitCode, checked.text], [0, "All is well with the 1 certificates in certs/.\n"]);
  assert.deepEqual([strict.exitCode, /^certs\/home\.pem: it expires in \d+ days.*\n1 of the 1 certificates/.test(strict.text)], [1, true]);
  assert.deepEqual((JSON.parse(listed.text) as { name: string; usedBy: string[] }[]).map(({ name, usedBy }) => ({ name, usedBy })), [{ name: "home", usedBy: ["src/home.ts"] }]);
});

test("add URL trusts a root of one's own only by its fingerprint, and says so", async () => {
  const url = await serve([leaf, middle, root]);
  const [unknown, told] = await Promise.all([certs("add", url), certs("add", url, "--fingerprint", root.sha256)]);
  assert.equal(unknown.exitCode, 1);
  assert.match(unknown.text, new RegExp(`The server's chain ends in "EC root", which is not in the root store.*${root.sha256}.*--fingerprint`, "s"));
  assert.doesNotMatch(unknown.text, /Written/);
  assert.equal(told.exitCode, 0, told.text);
  assert.match(told.text, /Written: certs\/ec-root\.pem/);
  assert.match(readFileSync(join(project, "certs/ec-root.pem"), "utf8"), /^# From: 127\.0\.0\.1:\d+, on \d{4}-\d\d-\d\d$/m);
});

test("add finds a root of Node's by name, with the other roots of its authority, and refuses a second of that name", async () => {
  const { exitCode, text } = await certs("add", "isrg root x1", "--standby", "a test");
  assert.equal(exitCode, 0);
  assert.match(text, /Written: certs\/isrg-root-x1\.pem\n.*\nOther roots of this authority, for the day it changes:\n {2}Root YR: .*\n {2}ISRG Root X2: /);
  const other = await certs("add", "ISRG Root X2", "--name", "isrg-root-x1");
  assert.deepEqual([other.exitCode, /is there already, with "ISRG Root X1"/.test(other.text)], [1, true]);
});

test("what cannot be had is told in a sentence, with exit code 1 and no stack", async () => {
  const silent = await listenOnLoopback(net.createServer((socket) => socket.end()));
  servers.push(silent);
  const cases: [string[], RegExp][] = [
    [["add", `https://${silent.address}`], /^Error: 127\.0\.0\.1:\d+ closed the connection before it showed a certificate/],
    [["add", put("leaf.pem", leaf.pem)], /^Error: leaf\.pem: it is a server's own certificate/],
    [["add", "ISRG Root", "--fingerprint", "12"], /A SHA-256 fingerprint has 64 hexadecimal digits/],
    [["remove", "x"], /unknown command 'remove'/],
  ];
  const ends = await Promise.all(cases.map(([args]) => certs(...args)));
  for (const [i, { exitCode, text }] of ends.entries()) {
    assert.equal(exitCode, 1);
    assert.match(text, cases[i]![1]);
    assert.doesNotMatch(text, /\n +at /);
  }
});

test("--help explains each command and ends with 0", async () => {
  const ends = await Promise.all([["--help"], ["add", "--help"]].map((args) => certs(...args)));
  for (const { exitCode, text } of ends) assert.deepEqual([exitCode, text.startsWith("Usage: npm run certs --")], [0, true]);
});
