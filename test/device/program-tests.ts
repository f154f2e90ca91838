// The programs oauth-token and aws-shadow as a board runs them, against the local cloud's stand-ins.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { AWS_HOST, startAwsIot, type AwsIot } from "../../scripts/cloud/aws-iot.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { OAUTH_HOST, startOAuthToken } from "../../scripts/cloud/oauth-token.ts";
import type { StrictServer } from "../../scripts/cloud/strict-server.ts";
import { startTimeServer, type TimeServer } from "../../scripts/cloud/time-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { ACCESS_POINT, DeviceBoard, type Target } from "./board-run.ts";

const SECRET = "S3cret-of-board-1";
const CREDENTIALS = { clientId: "board-1", clientSecret: SECRET, audience: "https://api.example.com/" };
/** 32 bytes in base64url. */
const TOKEN_LENGTH = 43;
const CA_FILE = "ca.der";

const authority = await createAuthority();
const [oauthIssued, awsIssued] = await Promise.all([OAUTH_HOST, AWS_HOST].map((name) => issueCertificate(authority, { names: [name] })));

/** @param bundles of "src/oauth-token" and "src/aws-shadow", once they are built */
export function describeServicePrograms(target: Target, bundles: () => Record<string, BuiltBundle>): void {
  describe(`programs for services, ${target.engine} engine`, { skip: target.skip }, () => {
    const canVerify = target.engine === "node" || REACHES_RAM;
    let board: DeviceBoard;
    let oauth: StrictServer;
    let aws: AwsIot;
    let time: TimeServer;
    before(async () => {
      oauth = await startOAuthToken(oauthIssued!, CREDENTIALS, { anyServerName: !canVerify });
      aws = await startAwsIot(awsIssued!);
      time = await startTimeServer({});
      board = await DeviceBoard.start(target, { storage: { [CA_FILE]: authority.der } });
    });
    after(() => Promise.all([board.stop(), oauth.stop(), aws.stop(), time.stop()]));

    function settingsFor(more: object): object {
      const hosts = { [`${OAUTH_HOST}:443`]: oauth.address, [`${AWS_HOST}:8443`]: aws.mutual.address };
      return {
        wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] }, ...(board.ram && { ram: board.ram }), ...(!canVerify && { verify: "none" }),
        connectTo: { ...hosts, "pool.ntp.org:123": time.address },
        trustAnchors: Object.fromEntries(Object.keys(hosts).map((host) => [host, CA_FILE])),
        oauth: { host: OAUTH_HOST, ...CREDENTIALS }, aws: { endpoint: AWS_HOST, thing: aws.thing }, ...more,
      };
    }

    /** Runs a program on the board, freshly reset; gives what it printed. */
    async function run(name: string, settings: object = {}): Promise<string> {
      board.type("\x10reset()\n");
      await board.store("settings.json", settingsFor(settings));
      await board.store("program", await readFile(bundles()[name]![target.form]));
      board.printed = [];
      board.type(`\x10load("program")\n`);
      await board.untilPrinted(/^=== /);
      return board.printed.join("\n");
    }

    test("oauth-token gets one token, and has it again without asking", async () => {
      const printed = await run("src/oauth-token");
      assert.match(printed, new RegExp(`^Token: {2}Bearer, ${TOKEN_LENGTH} characters, valid for 8[56]\\d{3} s\\n.*, kept from before\\n=== done$`, "m"));
      if (canVerify) assert.match(printed, /^Server verified by ca: login\.example\.com/m);
      assert.equal(oauth.requests.length, 1);
      assert.doesNotMatch(printed, new RegExp(`${SECRET}|[\\w-]{${TOKEN_LENGTH}}`));
    });

    test("oauth-token says what is missing in its settings", async () => {
      assert.match(await run("src/oauth-token", { oauth: { host: OAUTH_HOST } }), /^=== failed E_SETTINGS in settings: oauth lacks clientId, clientSecret$/m);
    });

    test("aws-shadow says what is missing on the board: its settings, its certificate", async () => {
      assert.match(await run("src/aws-shadow", { aws: { endpoint: AWS_HOST } }), /^=== failed E_SETTINGS in settings: aws lacks thing$/m);
      assert.match(await run("src/aws-shadow"), /^=== failed E_SETTINGS in settings: not in Storage: device-cert\.der$/m);
    });

    test("aws-shadow writes, reads back, and shows what differs", async () => {
      await board.store("device-cert.der", aws.device.certDer);
      await board.store("device-key.der", aws.device.keyDer);
      const printed = await run("src/aws-shadow");
      if (canVerify) assert.match(printed, /^Server verified by ca: a1b2/m);
      assert.match(printed, /^Updated: {2}version 1$/m);
      assert.match(printed, /^Desired: {2}\{"led":"on"\}\nReported: \{"led":"off","firmware":"2v29.*"\}\nDelta: {4}\{"led":"on"\}, version 1\n=== done$/m);
    });
  });
}
