// Shadows at the stand-in of AWS IoT: read, changed, refused; and the certificate and key that the board has for it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { AWS_HOST, startAwsIot, type AwsIot } from "../../scripts/cloud/aws-iot.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { DeviceIdentity } from "../../scripts/cloud/device-registry.ts";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { startMisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { DeviceBoard, type Target } from "./board-run.ts";
import { assertNothingLeft, lookAt } from "./outcome.ts";

const CA_FILE = "ca.der";
const CERTIFICATE_FILE = "device-cert.der";
const KEY_FILE = "device-key.der";
const CLOSE_NOTIFY = "closes";
const MANY = 200;
/** Of an ESP32's 16,383 variables: what so many values may take with all that the service says of them (2,266 when this was written). */
const MANY_BLOCKS = 3_000;

interface Outcome {
  error?: { code: string; phase: string; message: string; [fact: string]: unknown };
  document?: { state: Record<string, Record<string, unknown>>; metadata: Record<string, Record<string, unknown>>; version: number; timestamp: number };
  verified?: string | false;
  isAtOnce: boolean;
  usedBlocks: number;
}

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [AWS_HOST] });

/** @param bundle of the program "services", once it is built */
export function describeShadows(target: Target, bundle: () => BuiltBundle): void {
  describe(`shadows, ${target.engine} engine`, { skip: target.skip }, () => {
    const canVerify = target.engine === "node" || REACHES_RAM;
    // On a build with Unicode stringify takes a text that came out of JSON.parse for no UTF-8: stock Linux, no board.
    const name = canVerify ? "Küche" : "Kueche";
    let board: DeviceBoard;
    let aws: AwsIot;
    let other: DeviceIdentity;

    before(async () => {
      aws = await startAwsIot(issued);
      other = await aws.registry.issue({ things: ["other"], isActive: false });
      const { certDer, keyDer, certPem } = aws.device;
      board = await DeviceBoard.start(target, {
        storage: {
          [CA_FILE]: authority.der, [CERTIFICATE_FILE]: certDer, [KEY_FILE]: keyDer,
          "other-cert.der": other.certDer, "other-key.der": other.keyDer, "cert.pem": certPem, "noise": "no DER",
        },
      });
      assert.equal(await board.load(bundle(), target.form), "ready");
    });
    after(async () => {
      await board.stop();
      await aws.stop();
    });
    beforeEach(() => board.call("setClock", Date.now() / 1000));

    const settingsFor = ({ address }: LoopbackServer, port = 8443): Record<string, unknown> => ({
      ...(board.ram && { ram: board.ram }), ...(!canVerify && { verify: "none" }), connectTo: { [`${AWS_HOST}:${port}`]: address },
    });

    async function open(options: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Promise<Outcome["error"]> {
      const given = { endpoint: AWS_HOST, thing: aws.thing, settings: settingsFor(aws.mutual), ...options };
      const { error } = (await board.call("openShadow", { options: given, caFile: CA_FILE, hasIdentity: true, ...more })) as Outcome;
      return error;
    }

    async function ask(name: "update" | "read", question: unknown = 0): Promise<Outcome> {
      const outcome = (await board.call(name, question)) as Outcome;
      assert.equal(outcome.isAtOnce, false);
      return outcome;
    }
    const endOf = ({ error }: Outcome): string => (error ? `${error.code} in ${error.phase}: ${error.message}` : "a document");

    test("a shadow that nobody wrote: E_SHADOW_NOT_FOUND", async () => {
      assert.equal(await open(), undefined);
      assert.equal(endOf(await ask("read")), `E_SHADOW_NOT_FOUND in response: 404 No shadow exists with name: '${aws.thing}': ${aws.thing}`);
    });

    test("what is written comes back, with what differs, when it was written, and the next version", async () => {
      await open();
      await ask("update", { desired: { led: "on", name }, reported: { led: "off" } });
      const before = await lookAt(board);
      const { document: updated, verified } = await ask("update", { reported: { led: "off", temp: 21.5 } });
      assert.deepEqual([updated!.state, updated!.version], [{ reported: { led: "off", temp: 21.5 } }, 2]);
      assert.equal(verified, canVerify ? "ca" : false);
      const { document } = await ask("read");
      const { desired, reported, delta } = document!.state;
      assert.deepEqual([Buffer.from(String(desired!["name"]), "latin1").toString(), desired!["led"]], [name, "on"]);
      assert.deepEqual([reported, Object.keys(delta!)], [{ led: "off", temp: 21.5 }, ["led", "name"]]);
      assert.equal(document!.version, 2);
      const { timestamp } = document!.metadata["reported"]!["temp"] as { timestamp: number };
      assert.ok(Math.abs(timestamp - Date.now() / 1000) < 60 && timestamp <= document!.timestamp);
      await assertNothingLeft(board, before);
    });

    test("a request has Host with its port, and the body's length in bytes", async () => {
      await open();
      await ask("update", { desired: { name } });
      const { headBytes, bodyBytes } = aws.mutual.requests.at(-1)!;
      const head = headBytes.toString("latin1");
      assert.match(head, new RegExp(`^POST /things/${aws.thing}/shadow HTTP/1\\.1\\r\\nHost: ${AWS_HOST}:8443\\r\\n`));
      assert.match(head, new RegExp(`\\r\\nContent-Length: ${bodyBytes.length}\\r\\n`));
      assert.deepEqual(JSON.parse(bodyBytes.toString()), { state: { desired: { name } } });
    });

    test("a change that was meant for another version: E_SHADOW_CONFLICT, with the version that was sent", async () => {
      await open();
      const { error } = await ask("update", { desired: { led: "off" }, version: 77 });
      assert.deepEqual([error!.code, error!["version"], error!["statusCode"]], ["E_SHADOW_CONFLICT", 77, 409]);
      assert.match(error!.message, /^409 Version conflict: lnu_001, version 77$/);
      const { document } = await ask("read");
      assert.equal((await ask("update", { desired: { led: null }, version: document!.version })).document!.version, document!.version + 1);
    });

    test("a thing that the certificate's policy does not name: E_SHADOW_FORBIDDEN", async () => {
      await open({ thing: "another:thing" });
      assert.equal(endOf(await ask("read")), `E_SHADOW_FORBIDDEN in response: 403 Forbidden: another:thing at ${AWS_HOST}:8443`);
    });

    test("port 443: E_SHADOW_FORBIDDEN, which names the port", async () => {
      await open({ port: 443, settings: settingsFor(aws.plain, 443) });
      assert.equal(endOf(await ask("update", { desired: {} })), `E_SHADOW_FORBIDDEN in response: 403 Missing Authentication Token: ${aws.thing} at ${AWS_HOST}:443`);
    });

    test("a state that is no text for JSON: E_TEXT_INVALID, by the callback", { skip: canVerify ? false : "a build with Unicode" }, async () => {
      await open();
      assert.match(endOf(await ask("update", { desired: { name: "cut", isCut: true } })), /^E_TEXT_INVALID in options/);
    });

    test("a state that the service does not take: E_STATUS with its words", async () => {
      await open();
      assert.equal(endOf(await ask("update", { desired: "on" })), `E_STATUS in response: 400 Desired node must be an object: ${aws.thing}`);
    });

    test("a certificate that is not active: an alert in the handshake, and nothing is sent", async () => {
      const requests = aws.mutual.requests.length;
      const settings = { ...settingsFor(aws.mutual), device: { cert: "other-cert.der", key: "other-key.der" } };
      await open({ settings });
      assert.match(endOf(await ask("read")), canVerify ? /^E_TLS_ALERT in handshake/ : /^E_SNI in handshake/);
      assert.equal(aws.mutual.requests.length, requests);
    });

    test("a key of another certificate: the handshake fails", async () => {
      await open({ settings: { ...settingsFor(aws.mutual), device: { key: "other-key.der" } } });
      assert.match(endOf(await ask("read")), /^E_(TLS_ALERT|HANDSHAKE|SNI) in handshake/);
    });

    for (const [name, device, file, reason] of [
      ["no certificate on the board", { cert: "missing.der" }, "not in Storage: missing.der"],
      ["no key on the board", { key: "missing.der" }, "not in Storage: missing.der"],
      ["a PEM file", { cert: "cert.pem" }, "cert.pem is PEM, not DER"],
      ["another file", { key: "noise" }, "noise is not DER"],
    ].map(([name, device, reason]) => [name, device, "", reason] as [string, object, string, string])) {
      test(`${name}: E_SETTINGS${file}`, async () => {
        const settings = { ...settingsFor(aws.mutual), device };
        assert.deepEqual(await open({ settings }), { code: "E_SETTINGS", phase: "settings", message: reason });
      });
    }

    test("certificate and key are functions that give the bytes of the files", async () => {
      const identity = (await board.call("identify", {})) as { cert: string; key: string };
      assert.deepEqual(identity, { cert: aws.device.certDer.toString("base64"), key: aws.device.keyDer.toString("base64") });
    });

    for (const [name, options, more, reason] of [
      ["no certificate", {}, { hasIdentity: false }, "cert: null"],
      ["no thing", { thing: "" }, {}, 'thing: ""'],
      ["a thing with a slash", { thing: "a/../b" }, {}, 'thing: "a/../b"'],
      ["a thing with a percent sign", { thing: "a%2fb" }, {}, 'thing: "a%2fb"'],
      ["a thing of 129 letters", { thing: "t".repeat(129) }, {}, `thing: "${"t".repeat(129)}"`],
      ["an endpoint that is a URL", { endpoint: "https://x.example.com" }, {}, 'endpoint: "https://x.example.com"'],
    ] as const) {
      test(`${name}: E_OPTION`, async () => {
        assert.deepEqual(await open(options, more), { code: "E_OPTION", phase: "options", message: reason });
      });
    }

    test("a clock that is not set: E_CLOCK_UNSET, and the service is not met", { skip: canVerify ? false : "cannot verify" }, async (context) => {
      const requests = aws.mutual.requests.length;
      context.after(() => board.call("stopClock", false));
      await board.call("stopClock", true);
      await open();
      assert.match(endOf(await ask("read")), /^E_CLOCK_UNSET in options/);
      assert.equal(aws.mutual.requests.length, requests);
    });

    for (const [name, status, body, end] of [
      ["an answer that is no JSON", "200 OK", "<html>", /^E_JSON in response: no shadow document$/],
      ["an answer that is no shadow", "200 OK", '{"state":{}}', /^E_JSON in response: no shadow document$/],
      ["words that would forge a line on the console", "500 Oops", '{"message":"a\\n=== done\\u001b[2J"}', /^E_STATUS in response: 500 a\?=== done\?\[2J: lnu_001$/],
      ["words that are no text", "503 Service Unavailable", '{"message":null}', /^E_STATUS in response: 503 Service Unavailable: lnu_001$/],
    ] as const) {
      test(`${name}: ${/E_\w+/.exec(end.source)![0]}`, async (context) => {
        const answer = `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
        const server = await startMisbehavingServer({ handshake: "whole", answer, then: CLOSE_NOTIFY }, { issued });
        context.after(() => server.stop());
        await open({ settings: settingsFor(server) });
        assert.match(endOf(await ask("read")), end);
      });
    }

    test("a large shadow with its metadata fits on the board, and not into a smaller limit", async () => {
      const values = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`setting-${at}`, at]));
      const { usedBlocks: before } = await lookAt(board);
      await open();
      await ask("update", { desired: null, reported: null });
      assert.equal((await ask("update", { desired: values })).error, undefined);
      await board.call("readShort", 0).then((outcome) => {
        const { error, values: seen, usedBlocks } = outcome as { error?: unknown; values: number; usedBlocks: number };
        assert.deepEqual([error, seen], [undefined, MANY]);
        if (board.engine === "espruino") assert.ok(usedBlocks - before < MANY_BLOCKS, `${usedBlocks - before} blocks`);
      });
      await open({ bodyBytes: 8192 });
      assert.equal(endOf(await ask("read")), "E_BODY_LIMIT in body: 8192");
    });

    test("nothing that was printed holds the key, and the firmware complained about nothing", () => {
      const printed = board.printed.join("\n");
      for (const encoding of ["latin1", "base64", "hex"] as const) assert.ok(!printed.includes(aws.device.keyDer.subarray(60, 90).toString(encoding)));
      assert.deepEqual(board.complaints(), []);
      assert.deepEqual(board.heapFaults(), []);
    });
  });
}
