import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { Board } from "../../scripts/board/board.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { storageHolds } from "../../scripts/espruino-cli/marker.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { prepareFiles } from "../../scripts/provision/prepare.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { runVerb } from "./run-verb.ts";

const PASSWORD = "hunter2-hunter2";
const CLIENT_SECRET = "s3cr3t-of-the-service";

let boards: TestBoards;
let folder: string;
beforeEach(async () => {
  boards = new TestBoards();
  folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
});
afterEach(async () => {
  await boards.release();
  await rm(folder, { recursive: true });
});

/** Settings with secrets, and what they name. @returns the settings file, and all secrets in the forms in which they could leak */
async function writeHostFiles(): Promise<{ settingsFile: string; secrets: string[] }> {
  const authority = await createAuthority();
  const { pem, keyPem } = await issueCertificate(authority, { commonName: "board", usage: "client" });
  await writeFile(join(folder, "certificate.pem"), pem);
  await writeFile(join(folder, "private.pem"), keyPem);
  await writeFile(join(folder, "root.pem"), authority.pem);
  const settingsFile = join(folder, "my-settings.json");
  await writeFile(settingsFile, JSON.stringify({
    wifi: { ssid: "Café", password: PASSWORD },
    httpsGet: { ca: "root.pem" },
    oauth: { host: "login.example.com", clientId: "board-1", clientSecret: CLIENT_SECRET, audience: "a" },
    device: { certificate: "certificate.pem", key: "private.pem" },
  }));
  const { files } = await prepareFiles(settingsFile, new Date());
  const key = files["device-key.der"]!.toString("base64");
  const base64 = files["settings.json"]!.toString("base64");
  return { settingsFile, secrets: [PASSWORD, CLIENT_SECRET, key.slice(40, 80), base64.slice(40, 80), keyPem.split("\n")[3]!] };
}

function assertHoldsNone(text: string, secrets: string[]): void {
  for (const secret of secrets) assert.ok(secret.length > 8 && !text.includes(secret), `a secret is in:\n${text}`);
}

for (const { engine, skip } of ENGINES) {
  test(`npm run provision on the ${engine} engine: the board has it all, and no secret is in the output or in an argument`, { skip }, async () => {
    const board = await boards.powerUp(engine);
    const port = parsePort(board.port);
    await upload({ port, code: `require("Storage").write("mine","stays");print("=== done")`, into: "ram", outcomeDeadlineMs: 20_000 });
    const { settingsFile, secrets } = await writeHostFiles();
    const log = join(folder, "arguments.log");
    const env = { NODE_OPTIONS: `--import ${new URL("./log-arguments.mjs", import.meta.url).href}`, ARGUMENTS_LOG: log };
    const { exitCode, text } = await runVerb("provision", ["--port", board.port, "--settings", settingsFile], { env });
    assert.equal(exitCode, 0, text);
    for (const line of [/device certificate: .*CN=board.*RSA with 2048 bits/, /read back, the same/, /device-key\.der +11\d\d bytes \(secret, not shown\)/, /ca-root\.der +\d+ bytes\n/]) {
      assert.match(text, line);
    }
    const commandLines = await readFile(log, "utf8");
    assert.match(commandLines, /espruino-cli\.js.*"--storage"/, "the CLI was seen");
    assertHoldsNone(text + commandLines, secrets);

    const { files } = await prepareFiles(settingsFile, new Date());
    const code = `print(${storageHolds({ ...files, mine: Buffer.from("stays") })});print(require("Storage").list(/^[a-z]/).sort().join(" "));print("=== done")`;
    const { output } = await upload({ port, code, into: "ram", outcomeDeadlineMs: 20_000 });
    assert.deepEqual(output, ["true", "ca-root.der device-cert.der device-key.der mine settings.json", "=== done"]);
  });
}

test("--dry-run needs no port and no board, and says what would be written", async () => {
  const { settingsFile, secrets } = await writeHostFiles();
  const { exitCode, text } = await runVerb("provision", ["--dry-run", "--settings", settingsFile]);
  assert.equal(exitCode, 0, text);
  assert.match(text, /^\[1\/1\] Checking .*my-settings\.json \.\.\.\.* right\n[^]*Nothing was written \(--dry-run\)\. These files would be:\n +device-cert\.der +\d+ bytes\n/);
  assertHoldsNone(text, secrets);
});

test("mistakes give 1 and their lines, before the board is touched", async () => {
  const settingsFile = join(folder, "settings.json");
  await writeFile(settingsFile, `{\n "wifi": { "ssid": "a", "password": "${PASSWORD}" },\n "oauth": { "clientSecret": ["${CLIENT_SECRET}"] },\n "verfiy": "none"\n}`);
  const { exitCode, text } = await runVerb("provision", ["--port", "tcp://127.0.0.1:1"], { cwd: folder });
  assert.equal(exitCode, 1);
  assert.match(text, /Checking settings\.json \.\.\.\.* 4 mistakes\nError: settings\.json cannot be used, so nothing was written:\n +oauth\.host \(line 3\): [^]*verfiy \(line 4\): .*did you mean "verify"/);
  assertHoldsNone(text, [PASSWORD, CLIENT_SECRET]);
  assert.doesNotMatch(text, /\n +at /, "no stack trace");
});

/** A port that leads to the board until the second file begins to go there. */
async function cuttingPort(board: Board): Promise<{ port: string; server: Server }> {
  const server = createServer((client) => {
    const line = connect(board.consolePort, "127.0.0.1");
    let sent = "";
    client.on("data", (data) => {
      const before = sent.length;
      sent += data.toString("latin1");
      const names = [...sent.matchAll(/arriving-\d/g)];
      const second = names.find(([name]) => name !== names[0]![0]);
      line.write(second ? sent.slice(before, sent.lastIndexOf("\n", second.index) + 1) : data, "latin1");
      if (second) line.end(() => client.destroy());
    });
    line.on("data", (data) => client.write(data));
    for (const socket of [client, line]) socket.on("error", () => socket.destroy());
    client.on("close", () => line.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test("a board that goes away in the middle: a clear error, it keeps what it had, and takes the next", async () => {
  const board = await boards.powerUp("node");
  const port = parsePort(board.port);
  const old = { "settings.json": Buffer.from("{}"), "ca-root.der": Buffer.from("old") };
  await writeStorage({ port, files: old });
  const { settingsFile, secrets } = await writeHostFiles();
  const cut = await cuttingPort(board);
  const { exitCode, text } = await runVerb("provision", ["--port", cut.port, "--settings", settingsFile]);
  cut.server.close();
  assert.equal(exitCode, 1);
  assert.match(text, /Error: The board at \S+ went away\.\nThe board keeps the settings it had\. Run this again\.\n$/);
  assertHoldsNone(text, secrets);
  const code = `print(${storageHolds(old)});print(require("Storage").list(/^[acds]/).sort().join(" "));print("=== done")`;
  assert.deepEqual((await upload({ port, code, into: "ram", outcomeDeadlineMs: 20_000 })).output, ["true", "arriving-3 ca-root.der settings.json", "=== done"]);
});
