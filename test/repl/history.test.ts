import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { History, historyFile, KEPT_LINES, looksSecret } from "../../scripts/repl/history.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-history-"));
});
after(() => rm(folder, { recursive: true }));

test("lines come back newest first, from a file for the owner alone", async () => {
  const file = join(folder, "state", "repl-history");
  const history = new History(file);
  for (const line of ["1", "2", "2", " ", "é"]) history.add(line);
  assert.deepEqual(new History(file).lines, ["é", "2", "1"]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await chmod(file, 0o644);
  assert.equal(new History(file).lines.length, 3);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test("what looks secret is remembered but not written", async () => {
  const file = join(folder, "secrets");
  const history = new History(file);
  history.add('Wifi.connect("home", {password: "x"})');
  history.add("1");
  assert.equal(history.lines.length, 2);
  assert.equal(await readFile(file, "utf8"), "1\n");
  for (const line of ["var TOKEN=1", `k="${"a1".repeat(20)}"`, "-----BEGIN EC PRIVATE KEY-----", "clientSecret"]) assert.equal(looksSecret(line), true, line);
  for (const line of ["print(1)", 'require("Wifi").getIP()', 'digitalWrite(LED1, "on")']) assert.equal(looksSecret(line), false, line);
});

test("only the last lines are kept", async () => {
  const file = join(folder, "long");
  await writeFile(file, Array.from({ length: KEPT_LINES + 5 }, (_, n) => `${n}\n`).join(""));
  assert.deepEqual(new History(file).lines.slice(-1), ["5"]);
  assert.equal((await readFile(file, "utf8")).trim().split("\n").length, KEPT_LINES);
});

test("a history that cannot be written stops nobody", () => {
  const history = new History(join("/dev/null", "no", "folder"));
  history.add("1");
  assert.deepEqual(history.lines, ["1"]);
});

test("it is in the user's state folder", () => {
  assert.equal(historyFile({ XDG_STATE_HOME: "/state" }), join("/state", "espruino-https", "repl-history"));
  assert.match(historyFile({}), /espruino-https.repl-history$/);
});
