// What status() tells of a running program, on both engines, and that it tells no secrets.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startEcho } from "../../scripts/cloud/echo.ts";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { startTimeServer, type TimeServer } from "../../scripts/cloud/time-server.ts";
import { readEntry } from "../../scripts/repl/board-facts.ts";
import { ACCESS_POINT, buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";

/** What the journal may take of an ESP32's 16,383 variables. */
const JOURNAL_BLOCKS = 60;
const SECRET = "hunter2";

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: ["www.example.com"] });

interface Told {
  wifi: { ssid: string; ip: string };
  clock: { server: string; timeS: number };
  memory: { usage: number; total: number };
  requests: string[];
}

let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("status");
  bundle = built.bundles["status"]!;
});

for (const target of MINIFIED_TARGETS) {
  describe(`status(), ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let echo: LoopbackServer;
    let secureEcho: LoopbackServer;
    let time: TimeServer;

    before(async () => {
      [echo, secureEcho, time] = [await startEcho(undefined), await startEcho(issued), await startTimeServer()];
      const settings = {
        wifi: { ...ACCESS_POINT }, clock: { servers: ["time.example.com"] },
        connectTo: { "time.example.com:123": time.address, "www.example.com:443": secureEcho.address, "plain.example.com:80": echo.address },
      };
      board = await DeviceBoard.start(target, { storage: { "settings.json": settings } });
      assert.equal(await board.load(bundle, target.form), "ready");
    });
    after(async () => {
      await board.stop();
      for (const server of [echo, secureEcho, time]) await server.stop();
    });

    const settings = (): Record<string, unknown> => ({ connectTo: { "www.example.com:443": secureEcho.address, "plain.example.com:80": echo.address } });

    async function tell(): Promise<Told> {
      return (await board.ask('global["tell"]()')) as Told;
    }

    test("network, clock and memory of a program that is online", async () => {
      const { wifi, clock, memory, requests } = await tell();
      assert.equal(wifi.ssid, ACCESS_POINT.ssid);
      assert.match(wifi.ip, /^\d+\.\d+\.\d+\.\d+$/);
      assert.equal(clock.server, "time.example.com");
      assert.ok(memory.usage > 100 && memory.usage < memory.total);
      assert.deepEqual(requests, []);
    });

    test("a request leaves method, host, status, phases and bytes, and nothing that could be a secret", async () => {
      const options = { url: `http://plain.example.com/echo?token=${SECRET}`, method: "POST", headers: { Authorization: SECRET }, body: SECRET, settings: settings() };
      const status = await board.call("ask", options);
      const [text = ""] = (await tell()).requests;
      assert.doesNotMatch(text, new RegExp(SECRET));
      const entry = readEntry(text)!;
      assert.deepEqual([entry.method, entry.host, entry.end, entry.verified, entry.issuer], ["POST", "plain.example.com", status, "", ""]);
      assert.ok(entry.bodyBytes! > 0);
      assert.ok(Math.abs(entry.endedS - Date.now() / 1000) < 60);
      assert.deepEqual(Object.keys(entry.phasesMs).filter((phase) => phase !== "body"), ["queued", "dns", "connect", "request", "first-byte", "total"]);
    });

    test("a failed request leaves its code and phase, a refused option too", async () => {
      assert.equal(await board.call("ask", { url: "http://127.0.0.1:1/" }), "E_CONNECT");
      assert.equal(await board.call("ask", { url: "ftp://127.0.0.1/" }), "E_OPTION");
      const [, failed, refused] = (await tell()).requests.map((text) => readEntry(text)!);
      assert.deepEqual([failed!.method, failed!.host, failed!.end], ["GET", "127.0.0.1", "E_CONNECT in connect"]);
      assert.deepEqual([refused!.host, refused!.end], ["?", "E_OPTION in options"]);
    });

    test("a verified request leaves by what, who issued the certificate and until when", async (t) => {
      const end = await board.call("ask", { url: "https://www.example.com/", caBase64: authority.der.toString("base64"), settings: settings() });
      if (end === "E_TLS_LAYOUT" && target.engine === "espruino") {
        t.skip("this interpreter's memory cannot be reached");
        return;
      }
      assert.match(String(end), /^[24]0[04]$/);
      const { requests } = await tell();
      const { verified, issuer, notAfterS, phasesMs } = readEntry(requests[3]!)!;
      assert.equal(verified, "ca");
      assert.ok(issuer.length > 3, issuer);
      assert.ok(notAfterS! > Date.now() / 1000);
      assert.ok(phasesMs["handshake"]! >= 0);
    });

    test("the last four are kept, cut to a bounded length, within their share of memory", async () => {
      const { blocks, lengths, firsts } = (await board.ask('global["fill"]()')) as { blocks: number; lengths: number[]; firsts: string[] };
      assert.deepEqual([lengths, firsts], [[110, 110, 110, 110], ["2", "3", "4", "5"]]);
      if (target.engine === "espruino") assert.ok(blocks <= JOURNAL_BLOCKS, `${blocks} variables`);
    });
  });
}
