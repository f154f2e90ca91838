import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { createAuthority, issueCertificate, selfSignedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { PreparedFiles } from "../../scripts/provision/device-identity.ts";
import { mistakeLines } from "../../scripts/provision/mistake.ts";
import { prepareFiles } from "../../scripts/provision/prepare.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = new Date();
const FAR = new Date(NOW.getTime() + 3_650 * DAY_MS);
const WIFI = { ssid: "home", password: "hunter2-hunter2" };
const DEVICE = { certificate: "keys/certificate.pem.crt", key: "keys/private.pem.key" };

const authority = await createAuthority("Test Root");
const rsa = await issueCertificate(authority, { commonName: "My board", usage: "client", notAfter: FAR });
const ec = await issueCertificate(authority, { commonName: "My board", usage: "client", keyType: "ec", notAfter: FAR });

let folder = "";
const folders: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  folders.push(folder);
});
after(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

async function prepare(settings: unknown, files: Record<string, string | Buffer> = {}, now = NOW): Promise<PreparedFiles> {
  for (const [name, content] of Object.entries({ ...files, "settings.json": JSON.stringify(settings, undefined, 1) })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return await prepareFiles(join(folder, "settings.json"), now);
}

function boardSettings({ files }: PreparedFiles): unknown {
  return JSON.parse(files["settings.json"]!.toString());
}

test("without certificates there is one file, the settings as they are but for white space", async () => {
  const settings = { wifi: { ssid: "Café", password: "hunter2-hunter2" }, mine: { list: [1, { a: "é" }] } };
  const prepared = await prepare(settings);
  assert.deepEqual(prepared.files, { "settings.json": Buffer.from(JSON.stringify(settings)) });
  assert.deepEqual([prepared.mistakes, prepared.warnings, prepared.notes], [[], [], []]);
});

for (const [kind, { pem, der, keyPem }] of Object.entries({ rsa, ec })) {
  test(`certificate and ${kind} key: both become Storage files, and the board's settings say nothing of this computer`, async () => {
    const prepared = await prepare({ wifi: WIFI, device: DEVICE }, { "keys/certificate.pem.crt": pem, "keys/private.pem.key": keyPem });
    assert.deepEqual(Object.keys(prepared.files), ["device-cert.der", "device-key.der", "settings.json"], "the settings come last");
    assert.deepEqual(prepared.files["device-cert.der"], der);
    assert.deepEqual(boardSettings(prepared), { wifi: WIFI });
    assert.match(prepared.notes[0]!, /^device certificate: O=espruino-https, CN=My board, valid until \d{4}-\d\d-\d\d, with its key \((RSA with 2048 bits|EC on P-256)\)$/);
    assert.deepEqual(prepared.warnings, []);
  });
}

async function deviceMistakes(certificate: string | Buffer, key: string | Buffer, now = NOW): Promise<string> {
  const prepared = await prepare({ wifi: WIFI, device: DEVICE }, { "keys/certificate.pem.crt": certificate, "keys/private.pem.key": key }, now);
  if (prepared.mistakes.length > 0) assert.deepEqual(prepared.files, {}, "nothing is written beside a mistake");
  return mistakeLines(prepared.mistakes).join("\n");
}

test("a key of another certificate is refused", async () => {
  assert.match(await deviceMistakes(rsa.pem, ec.keyPem), /^device \(line 6\): certificate and key do not belong together\./);
});

test("the root in place of the board's certificate is told as that", async () => {
  assert.match(await deviceMistakes(authority.pem, rsa.keyPem), /^device .*: certificate is the one of an authority, a root such as AmazonRootCA1/);
});

test("certificate and key the wrong way round: both are told", async () => {
  assert.match(await deviceMistakes(rsa.keyPem, rsa.pem),
    /device\.certificate .*keys\/certificate\.pem\.crt: it holds no certificate \(found: BEGIN PRIVATE KEY[^]*device\.key .*it is a certificate/);
});

test("an expired certificate, and one that is not valid yet", async () => {
  assert.match(await deviceMistakes(rsa.pem, rsa.keyPem, new Date(FAR.getTime() + DAY_MS)), /the certificate O=espruino-https, CN=My board expired on/);
  assert.match(await deviceMistakes(rsa.pem, rsa.keyPem, new Date(NOW.getTime() - 2 * DAY_MS)), /is not valid before .* Is this computer's clock right/);
});

test("files that are missing, empty, a folder, far too long, or cut short", async () => {
  const prepared = await prepare({ wifi: WIFI, device: DEVICE });
  assert.match(mistakeLines(prepared.mistakes).join("\n"), /device\.certificate.*there is no such file.*needs no section device\n.*device\.key.*there is no such file/);
  assert.match(await deviceMistakes("", Buffer.alloc(70_000)), /it is empty\n.*it has 70000 bytes, far too many/);
  assert.match(await deviceMistakes(rsa.pem.slice(0, 500), rsa.keyPem), /device\.certificate.*it was cut short/);
  const folderAsKey = await prepare({ wifi: WIFI, device: { certificate: "keys", key: "keys/private.pem.key" } });
  assert.match(mistakeLines(folderAsKey.mistakes).join("\n"), /it is a folder/);
});

test("what is allowed and seldom meant is warned of", async () => {
  const soon = await issueCertificate(authority, { commonName: "Board", usage: "server", notAfter: new Date(NOW.getTime() + 10 * DAY_MS) });
  const files = { "keys/certificate.pem.crt": soon.pem + authority.pem, "keys/private.pem.key": soon.keyPem };
  const aws = { endpoint: "abc.iot.us-east-1.amazonaws.com", thing: "t", port: 443 };
  const { mistakes, warnings } = await prepare({ wifi: WIFI, verify: "none", aws, device: DEVICE }, files);
  assert.deepEqual(mistakes, []);
  const text = mistakeLines(warnings).join("\n");
  for (const part of [/expires in (9|10) days/, /no clientAuth/, /holds 2 certificates/, /NOT verified/, /403 to the board on 443/, /-ats/]) assert.match(text, part);
  const authorityItself = await selfSignedCertificate({ commonName: "Own", isAuthority: true, notAfter: FAR });
  const own = await prepare({ wifi: WIFI, device: DEVICE }, { "keys/certificate.pem.crt": authorityItself.pem, "keys/private.pem.key": authorityItself.keyPem });
  assert.match(mistakeLines(own.warnings).join("\n"), /certificate of an authority/);
});

test("trust anchors are named as files of this computer, and become Storage files", async () => {
  const settings = {
    wifi: WIFI,
    httpsGet: { url: "https://a.example/", ca: "certs/my-root.pem" },
    connectTo: { "a.example:443": "127.0.0.1:1", "b.example:443": "127.0.0.1:2", "c.example:443": "127.0.0.1:3" },
    trustAnchors: { "a.example:443": "certs/my-root.pem", "b.example:443": "certs/a-very-long-name-of-an-authority.der", "c.example:443": "other/my-root.pem" },
  };
  const second = await issueCertificate(authority, { commonName: "Second", isAuthority: true, keyType: "ec" });
  const files = { "certs/my-root.pem": `# comment\n${authority.pem}`, "certs/a-very-long-name-of-an-authority.der": authority.der, "other/my-root.pem": second.pem };
  const prepared = await prepare(settings, files);
  assert.deepEqual(mistakeLines(prepared.mistakes), []);
  const { httpsGet, trustAnchors } = boardSettings(prepared) as { httpsGet: { ca: string }; trustAnchors: Record<string, string> };
  assert.equal(httpsGet.ca, "ca-my-root.der");
  assert.equal(trustAnchors["a.example:443"], "ca-my-root.der");
  assert.ok(Object.keys(prepared.files).every((name) => name.length <= 28));
  assert.deepEqual(prepared.files[trustAnchors["b.example:443"]!], authority.der);
  assert.deepEqual(prepared.files[trustAnchors["c.example:443"]!], second.der);
  assert.deepEqual(prepared.files[httpsGet.ca], authority.der);
});

test("what cannot be a trust anchor is refused: a name in Storage, a private key, a chain", async () => {
  const lineFor = async (content: string | undefined): Promise<string> =>
    mistakeLines((await prepare({ wifi: WIFI, httpsGet: { ca: "ca.der" } }, content === undefined ? {} : { "ca.der": content })).mistakes).join("\n");
  assert.match(await lineFor(undefined), /^httpsGet\.ca \(line 7\): cannot use the file ca\.der: there is no such file/);
  assert.match(await lineFor(rsa.keyPem), /it holds a private key/);
  assert.match(await lineFor(rsa.pem + authority.pem), /it holds 2 certificates/);
  assert.match(await lineFor("no certificate"), /neither a PEM text nor a certificate in DER/);
});

test("no settings file: how to begin", async () => {
  await assert.rejects(prepareFiles(join(folder, "settings.json"), NOW), /^Error: There is no .*settings\.json\. Begin with the example: copy settings\.example\.json/);
});

test("mistakes in the settings come with their lines, and with those of the files", async () => {
  const prepared = await prepare({ wifi: { ssid: "my-network", password: "my-password" }, device: DEVICE });
  assert.deepEqual(mistakeLines(prepared.mistakes).map((line) => line.split(":")[0]),
    ["wifi.ssid (line 3)", "wifi.password (line 4)", "device.certificate (line 7)", "device.key (line 8)"]);
});
