import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ENGINES } from "../board/test-board.ts";
import { runVerb, startVerb } from "./run-verb.ts";

const notLong = process.env.TEST_LONG ? false : "only with --long";
/** What each breakage must end with. */
const BROKEN: { broken: string; app: string; reason: RegExp; skip: string | false }[] = [
  { broken: "wrong-wifi-password", app: "howsmyssl", reason: /howsmyssl failed: E_WIFI_PASSWORD in wifi/, skip: false },
  { broken: "wrong-credentials", app: "oauth-token", reason: /oauth-token failed: E_STATUS in response: 401/, skip: false },
  { broken: "silent-server", app: "howsmyssl", reason: /howsmyssl failed: E_TIMEOUT_FIRST_BYTE in first-byte/, skip: false },
  { broken: "unknown-network", app: "howsmyssl", reason: /howsmyssl failed: E_WIFI_NOT_FOUND in wifi/, skip: notLong },
  { broken: "silent-time-server", app: "howsmyssl", reason: /howsmyssl failed: E_CLOCK_TIMEOUT in clock/, skip: notLong },
];

let temporary: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
});
afterEach(() => rm(temporary, { recursive: true }));

/** Everything a run leaves behind would be in its own TMPDIR; tsx keeps its compiled files there too. */
async function leftOvers(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith("espruino-https"));
}

for (const { engine, skip } of ENGINES) {
  describe(`npm start on the ${engine} engine`, { skip }, () => {
    const start = (...args: string[]): ReturnType<typeof runVerb> =>
      runVerb("start", ["--engine", engine, "--insecure", ...args], { env: { TMPDIR: temporary } });

    for (const app of ["howsmyssl", "oauth-token"]) {
      test(`${app} succeeds, and each step is shown`, async () => {
        const { exitCode, text } = await start("--app", app);
        assert.equal(exitCode, 0, text);
        for (let step = 1; step <= 6; step++) assert.match(text, new RegExp(`^\\[${step}/6\\] `, "m"));
        assert.match(text, /^ {2}\| === done$/m);
        assert.match(text, new RegExp(`${app} is done\\.\\n$`));
        assert.deepEqual(await leftOvers(), []);
      });
    }

    for (const { broken, app, reason, skip: skipBroken } of BROKEN) {
      test(`${app} with --break ${broken} fails with the reason`, { skip: skipBroken }, async () => {
        const { exitCode, text } = await start("--app", app, "--break", broken);
        assert.equal(exitCode, 1, text);
        assert.match(text, reason);
        assert.doesNotMatch(text, /not-the-password|not-the-secret|virtual-password/);
        assert.deepEqual(await leftOvers(), []);
      });
    }

    test("an interrupt in the middle leaves nothing behind", async () => {
      const args = ["--engine", engine, "--break", "silent-server"];
      const { child, output, ended } = startVerb("start", args, { env: { TMPDIR: temporary } });
      await output.waitFor(/\[6\/6\]/);
      child.kill("SIGINT");
      const { exitCode, text } = await ended;
      assert.equal(exitCode, 130);
      assert.match(text, /Interrupted\.\n$/);
      assert.deepEqual(await leftOvers(), []);
    });
  });
}

test("an unknown program is refused, and the known ones are listed", async () => {
  const { exitCode, text } = await runVerb("start", ["--app", "nonsense"]);
  assert.equal(exitCode, 1);
  assert.match(text, /There is no program "nonsense" in src\/\. Known: .*howsmyssl/);
});

test("an unknown breakage, and one that the program cannot notice, are refused", async () => {
  const unknown = await runVerb("start", ["--break", "nonsense"]);
  assert.equal(unknown.exitCode, 1);
  assert.match(unknown.text, /There is no --break nonsense\. Known: wrong-wifi-password, /);
  const unnoticed = await runVerb("start", ["--break", "wrong-credentials"]);
  assert.equal(unnoticed.exitCode, 1);
  assert.match(unnoticed.text, /can only be seen with --app oauth-token/);
});

test("the espruino engine without ESPRUINO_BIN is refused before anything is built", async () => {
  const { exitCode, text } = await runVerb("start", ["--engine", "espruino"], { env: { ESPRUINO_BIN: "" } });
  assert.equal(exitCode, 1);
  assert.match(text, /^Error: The espruino engine needs a real interpreter: set ESPRUINO_BIN/);
});
