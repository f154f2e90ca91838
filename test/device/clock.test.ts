// The board's clock, from right and wrong time servers. The board's waits pass 25 times as fast as they say (programs/hurry.ts).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { startTimeServer, type TimeMisbehaviour, type TimeServer, type TimeServerOptions } from "../../scripts/cloud/time-server.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS, type Target } from "./board-run.ts";
import { lookAt } from "./outcome.ts";

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** An answer that waits for a busy computer makes the clock wrong by half its way. */
const TOLERATED_S = 2;
/** RFC 4330 4: where a client's question carries its transmit time stamp, here 64 random bits. */
const NONCE = [40, 48] as const;

interface Synced {
  error?: { code: string; phase: string; message: string };
  result?: { server: string; timeS: number; offsetS: number; wasSet: boolean };
  calls: number;
  wasRight: boolean;
  isRight: boolean;
  nowS: number;
  ticks: number;
  board: string;
}

let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("clocks");
  bundle = built.bundles["clocks"]!;
});

/** Wrong answers, and how the board's question ends when there is no other server. */
const WRONG: [TimeServerOptions | TimeMisbehaviour, RegExp][] = [
  ["silent", /^E_CLOCK_TIMEOUT/],
  ["wrong-originate", /^E_CLOCK_TIMEOUT/],
  ["short", /^E_CLOCK_TIMEOUT/],
  ["wrong-mode", /^E_CLOCK_ANSWER .*not a server/],
  ["kiss-of-death", /^E_CLOCK_ANSWER .*RATE/],
  ["unsynchronised", /^E_CLOCK_ANSWER .*not set/],
  ["zero-transmit", /^E_CLOCK_ANSWER/],
  [{ offsetMs: -YEAR_MS }, /^E_CLOCK_ANSWER .*before this build/],
];

for (const target of MINIFIED_TARGETS) {
  describe(`clock, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let servers: TimeServer[] = [];

    before(async () => {
      board = await boot(target);
    });
    after(async () => {
      await board.stop();
      for (const server of servers) await server.stop();
    });

    /** Asks servers in this order; each has a name of its own. */
    async function sync(...options: (TimeServerOptions | TimeMisbehaviour)[]): Promise<Synced> {
      const asked = await Promise.all(options.map((each) => startTimeServer(typeof each === "string" ? { misbehaviour: each } : each)));
      servers.push(...asked);
      const connectTo = Object.fromEntries(asked.map(({ address }, index) => [`time${index}.example.com:123`, address]));
      const names = asked.map((_, index) => `time${index}.example.com`);
      servers = [...servers.filter((server) => !asked.includes(server)), ...asked];
      const synced = (await board.call("syncClock", { clock: { servers: names }, connectTo })) as Synced;
      assert.equal(synced.calls, 1);
      return synced;
    }

    test("a right answer sets the clock, but never that of board LINUX", async () => {
      const synced = await sync({});
      const nowS = Date.now() / 1000;
      assert.ok(Math.abs(synced.result!.timeS - nowS) < 1, `${synced.result!.timeS} is not ${nowS}`);
      assert.deepEqual([synced.board, synced.wasRight, synced.result!.wasSet], target.engine === "node" ? ["ESP32", false, true] : ["LINUX", true, false]);
      assert.equal(synced.isRight, true);
      assert.ok(Math.abs(synced.nowS - nowS) < 1, `the board's clock says ${synced.nowS}`);
      assert.ok(target.engine === "espruino" ? Math.abs(synced.result!.offsetS) < 1 : synced.result!.offsetS > 1e9);
    });

    test("a clock that is nearly right is left alone, and one further off is set, back too", async () => {
      assert.equal((await sync({ offsetMs: 300 })).result!.wasSet, false);
      const ahead = (await sync({ offsetMs: 5_000 })).result!;
      assert.ok(Math.abs(ahead.offsetS - 5) < TOLERATED_S, `off by ${ahead.offsetS}`);
      assert.equal(ahead.wasSet, target.engine === "node");
      const back = (await sync({})).result!;
      assert.ok(Math.abs(back.offsetS - (target.engine === "node" ? -5 : 0)) < TOLERATED_S, `off by ${back.offsetS}`);
    });

    test("timers run on while the clock is set", async () => {
      const { ticks } = await sync("silent", { offsetMs: 60_000 });
      assert.ok(ticks > 3 && ticks < 100, `${ticks} ticks of 10 ms`);
      await sync({});
    });

    for (const [wrong, end] of WRONG) {
      const name = typeof wrong === "string" ? wrong : "before the build";
      test(`${name}: ${end.source.slice(1)}, and the next server is asked`, async () => {
        const { timers, sockets } = await lookAt(board);
        const { error, nowS } = await sync(wrong);
        assert.match(`${error?.code} ${error?.message}`, end);
        assert.ok(Math.abs(nowS - Date.now() / 1000) < 2, "the clock was moved");
        assert.equal((await sync(wrong, {})).result?.server, "time1.example.com");
        const after = await lookAt(board);
        assert.deepEqual([after.timers, after.sockets], [timers, sockets]);
      });
    }

    test("the answer of one server to the question of another is none", async () => {
      const { error } = await sync("wrong-originate", "silent", "wrong-originate");
      assert.deepEqual([error?.code, error?.phase], ["E_CLOCK_TIMEOUT", "clock"]);
    });

    test("each question carries other random bits, after a reset too", async () => {
      const nonces: string[] = [];
      for (let run = 0; run < 2; run++) {
        assert.equal(await board.load(bundle, target.form), "ready");
        for (let question = 0; question < 2; question++) {
          await sync({});
          nonces.push(servers.at(-1)!.requests[0]!.subarray(...NONCE).toString("hex"));
        }
      }
      const other = await boot(target);
      try {
        const server = await startTimeServer();
        servers.push(server);
        await other.call("syncClock", { clock: { servers: ["a.example.com"] }, connectTo: { "a.example.com:123": server.address } });
        nonces.push(server.requests[0]!.subarray(...NONCE).toString("hex"));
      } finally {
        await other.stop();
      }
      assert.equal(new Set(nonces).size, nonces.length, nonces.join());
      assert.ok(nonces.every((nonce) => /^[0-9a-f]{16}$/.test(nonce) && !nonce.startsWith("00000000")));
    });

    test("no servers, and a server that has no name or no right address in the settings", async () => {
      const ask = async (settings: object): Promise<string | undefined> => ((await board.call("syncClock", settings)) as Synced).error?.code;
      assert.equal(await ask({ clock: { servers: [] } }), "E_SETTINGS");
      assert.equal(await ask({ clock: { servers: ["unknown.invalid"] } }), "E_DNS");
      assert.equal(await ask({ clock: { servers: ["a"] }, connectTo: { "a:123": "nowhere" } }), "E_SETTINGS");
    });
  });
}

async function boot(target: Target): Promise<DeviceBoard> {
  const board = await DeviceBoard.start(target);
  assert.equal(await board.load(bundle, target.form), "ready");
  return board;
}
