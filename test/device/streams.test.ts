// A stream opens once, gives what comes, and closes once, whatever the server does; nothing is left of it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { Misbehaviour, MisbehaviourName } from "../../scripts/cloud/misbehaviours.ts";
import { startMisbehavingServer } from "../../scripts/cloud/misbehaving-server.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { assertNothingLeft, lookAt } from "./outcome.ts";

interface Seen {
  opened: number;
  closed: number;
  closedAtOnce: number;
  drained: number;
  text: string;
  how: string;
  refused: string;
  tookMs: number;
  error?: { code: string; phase: string };
}

const DEADLINE_MS = 400;
const LATE_MS = 1_300;
const GET = "GET / HTTP/1.0\r\n\r\n";
const issued = await issueCertificate(await createAuthority(), { names: ["www.example.com"] });
const says = (then: Misbehaviour["then"]): Misbehaviour => ({ handshake: "whole", answer: "hello", then });

interface Scene {
  name: string;
  server: MisbehaviourName | Misbehaviour;
  plain?: boolean;
  options?: object;
  closes?: string;
  ends: string;
  text?: string;
  waits?: boolean;
}

const SCENES: Scene[] = [
  { name: "closes in the authenticated way", server: says("closes"), ends: "clean", text: "hello" },
  { name: "just closes", server: says("closes without notify"), ends: "truncatable", text: "hello" },
  { name: "closes, plain TCP", server: says("closes"), plain: true, ends: "clean", text: "hello" },
  { name: "stays silent in the handshake", server: "silent", options: { deadlines: { handshakeMs: DEADLINE_MS } }, ends: "E_TIMEOUT_HANDSHAKE in handshake", waits: true },
  { name: "says nothing more", server: says("waits"), options: { deadlines: { idleMs: DEADLINE_MS } }, ends: "E_TIMEOUT_IDLE in body", text: "hello", waits: true },
  { name: "resets in the handshake", server: "resets-in-handshake", ends: "E_HANDSHAKE in handshake" },
  { name: "is left at once", server: says("waits"), closes: "at once", ends: "clean" },
  { name: "is left when it is open", server: says("waits"), closes: "open", ends: "clean" },
  { name: "is not verified by anything", server: says("closes"), options: { verify: "required" }, ends: "E_OPTION in options" },
];

for (const target of MINIFIED_TARGETS) {
  describe(`streams, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let bundle: BuiltBundle;
    before(async () => {
      const built = await buildPrograms("streams");
      bundle = built.bundles["streams"]!;
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
      // The first one leaves what the firmware and this program make once.
      const server = await startMisbehavingServer(says("closes"), { issued });
      await board.call("ask", { options: { host: "127.0.0.1", port: server.port, verify: "none" }, text: GET });
      await server.stop();
    });
    after(async () => {
      await board.stop();
    });

    for (const { name, server: kind, plain, options, closes, ends, text = "", waits } of SCENES) {
      test(`a server that ${name}: ${ends}`, async (context) => {
        const server = await startMisbehavingServer(kind, plain ? {} : { issued });
        context.after(() => server.stop());
        const before = await lookAt(board);
        const seen = (await board.call("ask", { options: { host: "127.0.0.1", port: server.port, secure: !plain, verify: "none", ...options }, text: GET, closes })) as Seen;
        assert.equal(seen.error ? `${seen.error.code} in ${seen.error.phase}` : seen.how, ends);
        assert.deepEqual([seen.closed, seen.closedAtOnce, seen.text], [1, 0, text]);
        assert.equal(seen.opened, text || closes === "open" ? 1 : 0);
        if (closes !== "open") assert.equal(seen.refused, "E_OPTION");
        if (text) assert.ok(seen.drained > 0);
        if (waits) assert.ok(seen.tookMs >= DEADLINE_MS && seen.tookMs < DEADLINE_MS + LATE_MS, `took ${seen.tookMs} ms`);
        await assertNothingLeft(board, before);
        assert.deepEqual(board.complaints(), []);
      });
    }

    test("a deadline that is no number is refused", async () => {
      const line = 'try{ask({options:{host:"a",port:1,deadlines:{idleMs:"x"}}})}catch(e){print("@ "+JSON.stringify(e.code))}';
      assert.equal(await board.ask(line), "E_OPTION");
    });
  });
}
