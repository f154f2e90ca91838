import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startCloud } from "../../scripts/cloud/cloud.ts";
import type { HowsMySslReport } from "../../scripts/cloud/howsmyssl-report.ts";

/** Clients that are not node: the OpenSSL command line, and a real Espruino named by ESPRUINO_BIN. */
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const espruino = process.env.ESPRUINO_BIN;
const HOST = "www.howsmyssl.com";
const REQUEST = `GET /a/check HTTP/1.0\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;

const folder = await mkdtemp(join(tmpdir(), "espruino-https-"));
const cloud = await startCloud();
after(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

/** Runs a program to its end; gives what it printed. */
async function run(program: string, args: string[], input = ""): Promise<string> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  child.stdin.on("error", () => undefined).write(input);
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return output.join("");
}

const opensslSkip = hasOpenssl ? false : "openssl is not installed";
for (const cipher of ["AES128-GCM-SHA256", "DHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384"]) {
  test(`openssl verifies the server and gets its answer with ${cipher}`, { skip: opensslSkip }, async () => {
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, cloud.authorityPem);
    const where = ["-connect", cloud.services.howsmyssl.address, "-servername", HOST, "-CAfile", caFile];
    const how = ["-verify_hostname", HOST, "-verify_return_error", "-tls1_2", "-cipher", `${cipher}:@SECLEVEL=0`];
    const output = await run("openssl", ["s_client", "-quiet", "-ign_eof", ...where, ...how], REQUEST);
    assert.match(output, /HTTP\/1\.1 200 OK/);
    assert.match(output, /"tls_version":"TLS 1\.2"/);
  });
}

test("openssl sees the alert of the token service, by number, and no certificate", { skip: opensslSkip }, async () => {
  for (const name of [["-noservername"], ["-servername", "other.example.com"]]) {
    const output = await run("openssl", ["s_client", "-connect", cloud.services.oauth.address, ...name]);
    assert.match(output, /alert number 40/);
    assert.match(output, /no peer certificate available/);
  }
});

test("openssl gets a shadow with the device's certificate, and without it the alert", { skip: opensslSkip }, async () => {
  const [caFile, certFile, keyFile] = ["ca.pem", "device.pem", "device.key"].map((name) => join(folder, name)) as [string, string, string];
  await writeFile(caFile, cloud.authorityPem);
  await writeFile(certFile, cloud.device.certPem);
  await writeFile(keyFile, cloud.device.keyPem);
  const { endpoint, thing } = cloud.aws;
  const where = ["-connect", cloud.services.aws.mutual.address, "-servername", endpoint, "-CAfile", caFile, "-verify_return_error"];
  const request = `GET /things/${thing}/shadow HTTP/1.0\r\nHost: ${endpoint}\r\n\r\n`;
  const args = ["s_client", "-quiet", "-ign_eof", ...where];
  assert.match(await run("openssl", [...args, "-cert", certFile, "-key", keyFile], request), /No shadow exists with name: 'lnu_001'/);
  assert.match(await run("openssl", args, request), /alert number 40/);
});

/** An Espruino program that sends `request` and prints the answer in base64, and how the connection ended. */
function espruinoProgram(address: string, request: string): string {
  const [host, port] = address.split(":");
  return `
    var received = "", errors = [];
    process.on("uncaughtException", function(e) { errors.push("" + e); });
    var socket = require("tls").connect({host: "${host}", port: ${port}}, function() {
      socket.write(${JSON.stringify(request)});
    });
    socket.on("data", function(bytes) { received += bytes; });
    socket.on("error", function(e) { errors.push(e.code); });
    socket.on("close", function(clean) {
      print("<<<" + JSON.stringify({clean: clean, errors: errors, received: btoa(received)}) + ">>>");
      setTimeout(quit, 10);
    });`;
}

interface EspruinoResult {
  clean: boolean;
  errors: (number | string)[];
  answer: string;
}

async function runOnEspruino(address: string, request: string): Promise<EspruinoResult> {
  const file = join(folder, "program.js");
  await writeFile(file, espruinoProgram(address, request));
  const output = await run(espruino!, [file]);
  const [, json] = /<<<(.*)>>>/.exec(output) ?? [];
  assert.ok(json, output);
  const result = JSON.parse(json) as Omit<EspruinoResult, "answer"> & { received: string };
  return { ...result, answer: Buffer.from(result.received, "base64").toString() };
}

/** mbedTLS reports the peer's close_notify by this number. */
const CLOSE_NOTIFY = -30_848;
const espruinoSkip = espruino ? false : "ESPRUINO_BIN is not set";

test("a real interpreter gets its own ClientHello back, and an authenticated end", { skip: espruinoSkip }, async () => {
  const { clean, errors, answer } = await runOnEspruino(cloud.services.howsmyssl.address, REQUEST);
  assert.deepEqual([clean, errors], [true, [CLOSE_NOTIFY]]);
  const report = JSON.parse(answer.split("\r\n\r\n")[1]!) as HowsMySslReport;
  assert.equal(report.tls_version, "TLS 1.2");
  assert.equal(report.unknown_cipher_suite_supported, false);
  assert.ok(report.given_cipher_suites.includes("TLS_RSA_WITH_AES_128_GCM_SHA256"));
});

test("a real interpreter, which cannot send the right server name, gets no token but an alert", { skip: espruinoSkip }, async () => {
  const { refusedNames } = cloud.services.oauth;
  const before = refusedNames.length;
  const { answer } = await runOnEspruino(cloud.services.oauth.address, "POST / HTTP/1.0\r\n\r\n");
  assert.equal(answer, "");
  assert.equal(refusedNames.length, before + 1);
});

test("a real interpreter gets a token where the name does not matter", { skip: espruinoSkip }, async () => {
  const lenient = await startCloud({ oauth: { anyServerName: true } });
  after(() => lenient.stop());
  const { host, path, clientId, clientSecret, audience } = lenient.oauth;
  const fields = { client_id: clientId, client_secret: clientSecret, audience, grant_type: "client_credentials" };
  const body = JSON.stringify(fields);
  const headers = `Host: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const { answer, clean } = await runOnEspruino(
    lenient.services.oauth.address,
    `POST ${path} HTTP/1.0\r\n${headers}\r\n${body}`,
  );
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(clean, true);
});
