// The program https-get: what it prints of pages short, long and cut off, and that a long one takes no more memory than a short one.
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { EXAMPLE_HOST, PAGE, startExamplePage } from "../../scripts/cloud/example-page.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import { startTimeServer } from "../../scripts/cloud/time-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { ACCESS_POINT, buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";

const ORIGIN = `https://${EXAMPLE_HOST}`;
const OWN_ORIGIN = "https://www.example.org:8443";
const SHORT_BYTES = 20 * 1024;
const LONG_BYTES = process.env["TEST_LONG"] ? 2 * 1024 * 1024 : 200 * 1024;
/** The most that a long page may take in variables above a short one. */
const MORE_BLOCKS = 100;
const LINE = `${"0123456789 ".repeat(5)}\n`;
const OUTCOME = /^=== /;

const authority = await createAuthority();
const other = await createAuthority();
const issued = await issueCertificate(authority, { names: [EXAMPLE_HOST] });
const ownIssued = await issueCertificate(authority, { names: ["www.example.org"] });

/** `/lines?N` has N bytes in chunks; `/cut?N` ends after them without the last chunk; `/dropped?N` without close_notify; `/CODE` has a status. */
function serve({ url = "" }: http.IncomingMessage, response: http.ServerResponse): void {
  const [path, size] = url.split("?");
  const body = LINE.repeat(Math.ceil(Number(size) / LINE.length)).slice(0, Number(size));
  const status = Number(path!.slice(1)) || 200;
  response.writeHead(status, { "Content-Type": "text/plain" });
  if (path === "/lines" || status !== 200) return void response.end(body);
  response.write(body, () => (path === "/cut" ? response.socket!.end() : response.socket!.destroy()));
}

let bundle: BuiltBundle;
const servers: LoopbackServer[] = [];
let connectTo: Record<string, string>;

before(async () => {
  const built = await buildPrograms("https-get");
  bundle = built.bundles["https-get"]!;
  const [page, own, time] = [await startExamplePage(issued), await listenOnLoopback(https.createServer(serverTls(ownIssued), serve)), await startTimeServer()];
  servers.push(page, own, time as unknown as LoopbackServer);
  connectTo = { "example.com:443": page.address, "www.example.org:8443": own.address, "pool.ntp.org:123": time.address };
});
after(async () => {
  for (const server of servers) await server.stop();
});

for (const target of MINIFIED_TARGETS) {
  describe(`https-get, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    const isVerified = target.engine === "node" || REACHES_RAM;
    before(async () => {
      board = await DeviceBoard.start(target, { storage: { "ca.der": authority.der, "other.der": other.der } });
    });
    after(() => board.stop());

    /** Runs the program to its end, and gives what it printed of the page and beside it. */
    async function get(httpsGet: object | undefined, more: object = {}): Promise<{ page: string[]; said: string[]; peak: number }> {
      const trustAnchors = { "example.com:443": "ca.der" };
      const settings = { wifi: ACCESS_POINT, connectTo, trustAnchors, ...(isVerified ? { ram: board.ram } : { verify: "none" }), ...(httpsGet ? { httpsGet } : {}), ...more };
      board.type("\x10reset()\n");
      await board.store("settings.json", settings);
      assert.equal(await board.load(bundle, target.form), "ready");
      await untilOutcome(board);
      const lines = board.printed.map((line) => line.replace(/^.*\x1b\[J/, ""));
      const said = lines.filter((line) => /^(Socket|Client|Server|===)/.test(line));
      // Before it is the firmware's greeting, which has such lines too.
      const page = lines.slice(lines.indexOf(said[0]!)).filter((line) => line.startsWith("| "));
      return { page: page.map((line) => line.slice(2)), said, peak: (await board.call("peak", {})) as number };
    }

    test("without settings: example.com, by the socket and by the client", async () => {
      const { page, said } = await get(undefined);
      // Its one long line is cut between two characters.
      const shown = page.map((line) => new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1")));
      assert.equal(shown.join(""), PAGE.replaceAll("\n", ""));
      assert.equal(shown.length, PAGE.trimEnd().split("\n").length + 1);
      assert.match(said[0]!, /^Socket: HTTP\/1\.[01] 200 OK, \d+ bytes, closed: clean$/);
      assert.equal(said[1], `Client: 200 OK, ${Buffer.byteLength(PAGE)} bytes of body`);
      if (isVerified) assert.match(said[2]!, /^Server verified by ca: example\.com, /);
      assert.equal(said.at(-1), "=== done");
    });

    test("a long page takes no more memory than a short one, and comes whole", async () => {
      const [short, long] = [await get({ url: `${OWN_ORIGIN}/lines?${SHORT_BYTES}`, ca: "ca.der" }), await get({ url: `${OWN_ORIGIN}/lines?${LONG_BYTES}`, ca: "ca.der" })];
      for (const [{ page, said }, bytes] of [[short, SHORT_BYTES], [long, LONG_BYTES]] as const) {
        assert.equal(said.find((line) => line.startsWith("Client")), `Client: 200 OK, ${bytes} bytes of body`);
        assert.equal(page.length, Math.ceil(bytes / LINE.length));
        assert.equal(said.at(-1), "=== done");
      }
      if (target.engine === "node") return;
      assert.ok(long.peak <= short.peak + MORE_BLOCKS, `${long.peak} blocks at most, and ${short.peak} for the short page`);
    });

    test("a page that is cut off is no whole one, and the socket says how it was closed", async () => {
      const cut = await get({ url: `${OWN_ORIGIN}/cut?1000`, ca: "ca.der" });
      assert.match(cut.said[0]!, /closed: clean$/);
      assert.deepEqual(cut.said.slice(1), ["=== failed E_TRUNCATED in body: \"1000\""]);
      const dropped = await get({ url: `${OWN_ORIGIN}/dropped?1000`, ca: "ca.der" });
      assert.match(dropped.said[0]!, /closed: truncatable$/);
      assert.match(dropped.said.at(-1)!, /^=== failed E_TRUNCATED in body/);
    });

    test("another authority, another status, and a file that is not there", async () => {
      const refused = await get({ url: `${OWN_ORIGIN}/lines?10`, ca: "other.der" });
      if (isVerified) assert.match(refused.said.join(), /^=== failed E_UNKNOWN_CA in handshake/);
      assert.equal((await get({ url: `${OWN_ORIGIN}/503?0`, ca: "ca.der" })).said.at(-1), "=== failed E_STATUS in response: 503");
      assert.match((await get({ ca: "none.der" })).said.at(-1)!, /^=== failed E_SETTINGS in settings: .*none\.der/);
    });

    test("a server that is not there, and the firmware complained about nothing", async () => {
      const { said } = await get({ url: `${ORIGIN}/` }, { connectTo: { ...connectTo, "example.com:443": "127.0.0.1:1" } });
      assert.match(said.join(), /^=== failed E_CONNECT in connect/);
      assert.deepEqual(board.complaints().filter((line) => !/Connect failed/.test(line)), []);
    });
  });
}

/** Waits for the program's last line. A plain Linux build writes 2 MB for longer than the patience with a board; it has time as long as lines come. */
async function untilOutcome(board: DeviceBoard): Promise<void> {
  for (let lines = -1; lines < board.printed.length;) {
    lines = board.printed.length;
    try {
      return await board.untilPrinted(OUTCOME);
    } catch (error) {
      if (lines === board.printed.length) throw error;
    }
  }
}
