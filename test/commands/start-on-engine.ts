import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { EngineName } from "../../scripts/board/board.ts";
import { runVerb, startVerb } from "./run-verb.ts";

const notLong = process.env.TEST_LONG ? false : "only with --long";
/** What each breakage must end with. */
const BROKEN: { broken: string; app: string; reason: RegExp; skip: string | false }[] = [
  { broken: "wrong-wifi-password", app: "howsmyssl", reason: /howsmyssl failed: E_WIFI_PASSWORD in wifi/, skip: false },
  { broken: "refused-readings", app: "telemetry", reason: /telemetry did not say how it ended .* E_STATUS in response: 401/, skip: notLong },
  { broken: "wrong-wifi-password", app: "telemetry", reason: /telemetry did not say how it ended .* E_WIFI_PASSWORD in wifi/, skip: notLong },
  { broken: "wrong-credentials", app: "oauth-token", reason: /oauth-token failed: E_OAUTH in response: 401/, skip: notLong },
  { broken: "strict-server-name", app: "oauth-token", reason: /oauth-token failed: E_SNI in handshake/, skip: false },
  { broken: "rate-limit", app: "oauth-token", reason: /oauth-token failed: E_RATE_LIMIT in response/, skip: notLong },
  { broken: "aws-port-443", app: "aws-shadow", reason: /aws-shadow failed: E_SHADOW_FORBIDDEN in response/, skip: notLong },
  { broken: "silent-server", app: "howsmyssl", reason: /howsmyssl failed: E_TIMEOUT_FIRST_BYTE in first-byte/, skip: false },
  { broken: "unknown-network", app: "howsmyssl", reason: /howsmyssl failed: E_WIFI_NOT_FOUND in wifi/, skip: notLong },
  { broken: "silent-time-server", app: "howsmyssl", reason: /howsmyssl failed: E_CLOCK_TIMEOUT in clock/, skip: notLong },
];

/** The tests of `npm start`, which run on either engine; a file for each, because node's runner takes files side by side. */
export function describeStart(engine: EngineName, canVerify: boolean, skip: string | false): void {
  describe(`npm start on the ${engine} engine`, { skip }, () => {
    let temporary: string;
    beforeEach(async () => {
      temporary = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
    });
    afterEach(() => rm(temporary, { recursive: true }));

    /** Everything a run leaves behind would be in its own TMPDIR; tsx keeps its compiled files there too. */
    async function leftOvers(): Promise<string[]> {
      return (await readdir(temporary)).filter((name) => name.startsWith("espruino-https"));
    }

    const start = (...args: string[]): ReturnType<typeof runVerb> =>
      runVerb("start", ["--engine", engine, ...args], { env: { TMPDIR: temporary } });
    const trust = canVerify ? [] : ["--insecure"];

    for (const app of ["telemetry", "howsmyssl", "https-get", "github-status", "oauth-token", "aws-shadow"]) {
      test(`${app} succeeds${canVerify ? ", verified" : ""}, and each step is shown`, async () => {
        const { exitCode, text } = await start("--app", app, ...trust);
        assert.equal(exitCode, 0, text);
        for (let step = 1; step <= 6; step++) assert.match(text, new RegExp(`^\\[${step}/6\\] `, "m"));
        assert.match(text, /^ {2}\| === done$/m);
        assert.match(text, canVerify ? /Server verified by ca|Verified by ca|trust anchor from settings/ : /WARNING: \S+ is not verified/);
        assert.match(text, new RegExp(`${app} is done\\.\\n$`));
        assert.deepEqual(await leftOvers(), []);
      });
    }

    for (const { broken, app, reason, skip: skipBroken } of BROKEN) {
      test(`${app} with --break ${broken} fails with the reason`, { skip: skipBroken }, async () => {
        const { exitCode, text } = await start("--app", app, ...(broken === "strict-server-name" ? ["--insecure"] : trust), "--break", broken);
        assert.equal(exitCode, 1, text);
        assert.match(text, reason);
        assert.doesNotMatch(text, /not-the-password|not-the-secret|virtual-password/);
        assert.deepEqual(await leftOvers(), []);
      });
    }

    test("telemetry delivers in spite of a flaky server, and the server has each reading once", async () => {
      const { exitCode, text } = await start("--readings", "3", "--break", "flaky-server", ...trust);
      assert.equal(exitCode, 0, text);
      assert.match(text, /^ {2}\| Not delivered: E_STATUS in response: 503/m);
      assert.match(text, /^The server telemetry\.example\.com has \d+ readings, [1-9]\d* came again/m);
    });

    test("telemetry goes on by itself after the network was gone", { skip: notLong }, async () => {
      const { exitCode, text } = await start("--readings", "6", "--break", "lost-network", ...trust);
      assert.equal(exitCode, 0, text);
      assert.match(text, /^ +\(the access point is gone\)\n[^]*^ {2}\| WiFi: E_WIFI_NOT_FOUND in wifi[^]*^ +\(the access point is back\)\n[^]*^ {2}\| === done$/m);
      assert.match(text, /^The server telemetry\.example\.com has \d+ readings, \d+ came again/m);
    });

    test("an interrupt in the middle leaves nothing behind", async () => {
      const args = ["--engine", engine, "--break", "silent-server"];
      const { child, ended, waitFor } = startVerb("start", args, { env: { TMPDIR: temporary } });
      await waitFor(/\[6\/6\]/);
      child.kill("SIGINT");
      const { exitCode, text } = await ended;
      assert.equal(exitCode, 130);
      assert.match(text, /Interrupted\.\n$/);
      assert.deepEqual(await leftOvers(), []);
    });
  });
}
