// Joining, losing and leaving a network. The board's waits pass faster than they say (programs/hurry.ts).
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { ACCESS_POINT, buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { lookAt } from "./outcome.ts";

/** How much faster. */
const FACTOR = 50;
const FACTOR_FOR_MINUTES = 200;
const FACTOR_FOR_A_SECOND = 2;
const JOIN_DEADLINE_MS = 30_000 / FACTOR;
const LATE_MS = 150;

interface Joined {
  error?: { code: string; phase: string; message: string };
  calls: number;
  tookMs: number;
  isJoined: boolean;
  ip: string;
  seen: { telnet?: string; disconnects?: number };
}

let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("networks");
  bundle = built.bundles["networks"]!;
});

for (const target of MINIFIED_TARGETS) {
  describe(`WiFi, ${target.engine} engine`, { skip: target.skip }, () => {
    const onlyNode = { skip: target.engine === "node" ? false : "only the node engine's access point can change" };
    let board: DeviceBoard;
    before(async () => {
      board = await DeviceBoard.start(target);
    });
    beforeEach(async () => {
      Object.assign(board.world.accessPoint, ACCESS_POINT, { dhcp: true });
      assert.equal(await board.load(bundle, target.form), "ready");
      await board.ask(`hurry(${FACTOR})`);
    });
    after(() => board.stop());

    const join = async (settings: object): Promise<Joined> => (await board.call("joinNetwork", settings)) as Joined;
    const again = (): string[] => board.printed.filter((line) => line.startsWith("WiFi: again"));

    async function assertRefused(settings: object, code: string): Promise<Joined> {
      const { timers } = await lookAt(board);
      const joined = await join(settings);
      assert.deepEqual([joined.error?.code, joined.calls, joined.isJoined], [code, 1, false]);
      assert.equal((await lookAt(board)).timers, timers);
      assert.deepEqual(board.complaints(), []);
      return joined;
    }

    test("the right password: an address, and the telnet server is shut", async () => {
      const joined = await join(ACCESS_POINT);
      assert.deepEqual([joined.error, joined.calls, joined.isJoined, joined.seen], [undefined, 1, true, { telnet: "off" }]);
      assert.match(joined.ip, /^192\./);
      assert.equal((await lookAt(board)).timers, 1);
    });

    test("telnet stays where the settings ask for it", async () => {
      assert.deepEqual((await join({ ...ACCESS_POINT, telnet: true })).seen, {});
    });

    const refused = async (settings: object, code: string): Promise<void> => void (await assertRefused(settings, code));

    test("a wrong password", () => refused({ ...ACCESS_POINT, password: "wrong" }, "E_WIFI_PASSWORD"));
    test("an unknown network", () => refused({ ...ACCESS_POINT, ssid: "elsewhere" }, "E_WIFI_NOT_FOUND"));
    test("settings without a network", () => refused({ password: "x" }, "E_SETTINGS"));

    test("after a refusal the right password works", async () => {
      await assertRefused({ ...ACCESS_POINT, password: "wrong" }, "E_WIFI_PASSWORD");
      assert.equal((await join(ACCESS_POINT)).isJoined, true);
    });

    test("no address from the access point: E_WIFI_NO_ADDRESS at the deadline", onlyNode, async () => {
      board.world.accessPoint.dhcp = false;
      assertInTime((await assertRefused(ACCESS_POINT, "E_WIFI_NO_ADDRESS")).tookMs);
      board.world.accessPoint.dhcp = true;
      assert.equal((await join(ACCESS_POINT)).isJoined, true);
    });

    for (const [associates, code] of [[true, "E_WIFI_NO_ADDRESS"], [false, "E_WIFI_TIMEOUT"]] as const) {
      test(`a firmware that never calls back, ${associates ? "" : "not "}associated: ${code} at the deadline, and its late answer is ignored`, async () => {
        await board.call("scriptWifi", { associates });
        const joined = (await board.call("joinNetwork", ACCESS_POINT)) as Joined;
        assertInTime(joined.tookMs);
        assert.deepEqual([joined.error?.code, joined.seen.disconnects], [code, 1]);
        // The scripted answer comes a fifth of a second after the deadline.
        await board.ask('setTimeout(function(){print("@ 0")},300)');
        assert.equal((await lookAt(board)).timers, 1);
      });
    }

    test("a join that another one overtakes ends once, and the other one joins", async () => {
      const said = await board.call("overtakeJoin", { wifi: ACCESS_POINT, byLeaving: false });
      assert.deepEqual(said, { ends: ["first E_ABORTED", "second joined"], isJoined: true, timers: 1 });
    });

    test("a join that leave() overtakes ends once", async () => {
      const said = await board.call("overtakeJoin", { wifi: ACCESS_POINT, byLeaving: true });
      assert.deepEqual(said, { ends: ["first E_ABORTED"], isJoined: false, timers: 1 });
    });

    test("a lost network is joined again", async () => {
      await join(ACCESS_POINT);
      await board.ask("loseNetwork()");
      await board.untilPrinted(/^WiFi: back/);
      assert.deepEqual(again(), ["WiFi: again in 1000 ms"]);
      assert.match(board.printed.join("\n"), /WiFi: lost, (ASSOC_LEAVE|BEACON_TIMEOUT)/);
    });

    test("while the network is away the pauses grow to a minute, and start small after the next loss", onlyNode, async () => {
      await join(ACCESS_POINT);
      await board.ask(`hurry(${FACTOR_FOR_MINUTES})`);
      board.world.accessPoint.ssid = "gone";
      await board.ask("loseNetwork()");
      await board.untilCount(/^WiFi: again in 60000/, 2);
      assert.deepEqual(again().map(pauseIn), [1, 2, 4, 8, 16, 32, 60, 60]);
      board.world.accessPoint.ssid = ACCESS_POINT.ssid;
      await board.untilPrinted(/^WiFi: back/);
      await board.ask("loseNetwork()");
      await board.untilCount(/^WiFi: back/, 2);
      assert.deepEqual(again().map(pauseIn).slice(-1), [1]);
    });

    test("a network that was left is not joined again", async () => {
      await join(ACCESS_POINT);
      assert.deepEqual(await board.ask("leaveNetwork()"), { isJoined: false, timers: 1 });
      assert.deepEqual(again(), []);
    });

    test("leaving while the board waits to join again ends the waiting", async () => {
      await join(ACCESS_POINT);
      await board.ask(`hurry(${FACTOR_FOR_A_SECOND})`);
      await board.ask("loseNetwork()");
      await board.untilPrinted(/^WiFi: again/);
      assert.deepEqual(await board.ask("leaveNetwork()"), { isJoined: false, timers: 1 });
      assert.equal(board.printed.some((line) => line.startsWith("WiFi: back")), false);
    });
  });
}

function pauseIn(line: string): number {
  return Number(/\d+/.exec(line)![0]) / 1000;
}

function assertInTime(tookMs: number): void {
  assert.ok(tookMs >= JOIN_DEADLINE_MS && tookMs <= JOIN_DEADLINE_MS * 1.1 + LATE_MS, `it took ${tookMs} ms`);
}
