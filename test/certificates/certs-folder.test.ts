// certs/ of a project: what is written, read, listed and found fault with.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readCertsFolder, type CertsFile } from "../../scripts/certificates/certs-folder.ts";
import { certsRows, certsTable } from "../../scripts/certificates/certs-table.ts";
import { problemsOf } from "../../scripts/certificates/check-certs.ts";
import { fileNameFor, pemFile, readHead } from "../../scripts/certificates/pem-file.ts";
import { writeCertificate } from "../../scripts/certificates/write-certificate.ts";
import { readTrustAnchor } from "../../scripts/rollup/pem.ts";
import { issue } from "./issue.ts";

const OWN = fileURLToPath(new URL("../../", import.meta.url));
const now = new Date();
const root = await issue({ name: "EC root", key: "p-384" });
const other = await issue({ name: "EC root", key: "p-384-b" });
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "espruino-https-certs-"));
  mkdirSync(join(project, "certs", "device"), { recursive: true });
  mkdirSync(join(project, "src"));
});
afterEach(() => rmSync(project, { recursive: true }));

function put(path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

function only(): CertsFile {
  const files = readCertsFolder(project);
  assert.equal(files.length, 1);
  return files[0]!;
}

function importIt(file: string): void {
  put("src/program.ts", `import { request } from "../modules/client";\nimport ca from "../certs/${file}";\n`);
}

describe("a file that is written", () => {
  test("is one that the build embeds, is read back, and has nothing wrong once a program imports it", () => {
    const written = writeCertificate(project, { certificate: root, from: "a test", lines: [] }, {});
    assert.deepEqual(written, { file: "certs/ec-root.pem", isNew: true });
    const text = readFileSync(join(project, written.file), "utf8");
    assert.deepEqual(readTrustAnchor(text, now), { der: root.der, warnings: [] });
    assert.equal(readHead(text).From, "a test");
    assert.match(problemsOf(only(), now, 60).join(), /^no program imports it/);
    importIt("ec-root.pem");
    assert.deepEqual({ problems: problemsOf(only(), now, 60), usedBy: only().usedBy }, { problems: [], usedBy: ["src/program.ts"] });
  });

  test("has exactly the form of those in certs/", () => {
    for (const { file, certificate, head } of readCertsFolder(OWN)) {
      assert.equal(readFileSync(join(OWN, "certs", file), "utf8"), pemFile(certificate!, head.From!, head.Standby), file);
    }
  });

  test("is not written twice, nor over another one", () => {
    const selection = { certificate: root, from: "a test", lines: [] };
    writeCertificate(project, selection, { name: "mine" });
    assert.deepEqual(writeCertificate(project, selection, {}), { file: "certs/mine.pem", isNew: false });
    assert.throws(() => writeCertificate(project, { ...selection, certificate: other }, { name: "mine" }), /mine\.pem is there already, with "EC root".*--name.*--force/);
    assert.equal(only().certificate?.sha256, root.sha256);
    writeCertificate(project, { ...selection, certificate: other }, { name: "mine", force: true });
    assert.equal(only().certificate?.sha256, other.sha256);
    assert.throws(() => writeCertificate(project, selection, { name: "../mine" }), /is no name for a file/);
  });

  test("is named after its certificate, and no name can leave the folder or end a line", () => {
    assert.equal(fileNameFor({ ...root, name: "ISRG Root X1" }), "isrg-root-x1");
    assert.equal(fileNameFor({ ...root, name: "../../etc/passwd" }), "etc-passwd");
    assert.equal(fileNameFor({ ...root, name: "\u4e2d" }), "certificate");
    assert.doesNotMatch(pemFile({ ...root, subject: "CN=a\n-----BEGIN" }, "b\r\nc"), /a\n|b\r|\r/);
  });
});

describe("check", () => {
  const problemsIn = async (request: Partial<Parameters<typeof issue>[0]>): Promise<string> => {
    const certificate = await issue({ name: "X", key: "p-384", ...request });
    put("certs/x.pem", pemFile(certificate, "a test"));
    importIt("x.pem");
    return problemsOf(only(), now, 60).join("\n");
  };

  test("finds what expired, expires within 60 days, or is not valid yet", async () => {
    assert.match(await problemsIn({ days: [-20, -1] }), /^it expired on /);
    assert.match(await problemsIn({ days: [-20, 59] }), /^it expires in 5[89] days/);
    assert.match(await problemsIn({ days: [1, 90] }), /^it is not valid before /);
    assert.equal(await problemsIn({ days: [-20, 62] }), "");
    assert.match(problemsOf(only(), now, 100).join(), /^it expires in 6[12] days/);
  });

  test("finds a server's own certificate, and keys that the board cannot use", async () => {
    assert.match(await problemsIn({ hosts: ["a.example"] }), /cannot serve for verification: it is a server's own certificate/);
    assert.match(await problemsIn({ key: "rsa-8192" }), /cannot serve for verification: an RSA 8192 key is too long/);
    assert.match(await problemsIn({ key: "rsa-1024" }), /too short/);
    assert.match(await problemsIn({ key: "ed25519" }), /does not know/);
  });

  test("finds a head that does not match", () => {
    importIt("x.pem");
    put("certs/x.pem", pemFile(root, "a test").replace(/SHA-256: ../, "SHA-256: ZZ").replace(/# Expires.*\n/, ""));
    assert.deepEqual(problemsOf(only(), now, 60).map((each) => /"# (\S+):/.exec(each)?.[1]), ["Expires", "SHA-256"]);
    put("certs/x.pem", root.pem);
    assert.equal(problemsOf(only(), now, 60).length, 4);
  });

  test("finds files without a certificate, with two, and with a key, whose text is not shown", () => {
    put("certs/x.pem", "nothing");
    assert.match(problemsOf(only(), now, 60).join(), /holds no certificate/);
    put("certs/x.pem", root.pem + other.pem);
    assert.match(problemsOf(only(), now, 60).join(), /holds 2 certificates/);
    put("certs/x.pem", root.keyPem);
    const [problem] = problemsOf(only(), now, 60);
    assert.match(problem!, /private key/);
    assert.ok(!problem!.includes(root.keyPem.split("\n")[1]!));
  });

  test("lets a certificate wait on standby, and leaves the device's own alone", () => {
    put("certs/x.pem", pemFile(root, "a test", "the next root"));
    put("certs/device/device-cert.pem", "anything");
    assert.deepEqual(problemsOf(only(), now, 60), []);
  });
});

test("an import counts wherever it is written in code, and not in a comment or a text", () => {
  put("certs/ec-root.pem", pemFile(root, "a test"));
  put("src/one.ts", "const text = 'import ca from \"../certs/ec-root.pem\"';\n// import ca from \"../certs/ec-root.pem\";\n");
  assert.deepEqual(only().usedBy, []);
  mkdirSync(join(project, "src", "deep"));
  put("src/deep/two.ts", "import ca\n  from '../../certs/ec-root.pem';\n");
  assert.deepEqual(only().usedBy, ["src/deep/two.ts"]);
});

test("a folder without certificates, and a project without the folder, are empty", () => {
  assert.deepEqual(readCertsFolder(project), []);
  assert.deepEqual(readCertsFolder(join(project, "nowhere")), []);
});

test("the list has a row for each, in columns, also for what cannot be read", () => {
  put("certs/ec-root.pem", pemFile(root, "a test"));
  put("certs/x.pem", "nothing");
  importIt("ec-root.pem");
  const [head, first, second] = certsTable(certsRows(readCertsFolder(project), now));
  assert.match(head!, /^certificate +expires +days +key +bytes +used by$/);
  assert.match(first!, /^ec-root +\d{4}-\d\d-\d\d +(999|1000) +EC P-384 +\d{3} +src\/program\.ts$/);
  assert.match(second!, /^x +not readable +no program$/);
});

test("there is nothing wrong with what ships", () => {
  const files = readCertsFolder(OWN);
  assert.ok(files.length >= 5);
  for (const each of files) assert.deepEqual(problemsOf(each, now, 60), [], each.file);
});
