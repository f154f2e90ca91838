// The program telemetry through everything that goes wrong outside of it: it resumes by itself, and every reading arrives once, in order.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startTelemetry, TELEMETRY_HOST, TELEMETRY_PATH, type Telemetry } from "../../scripts/cloud/telemetry.ts";
import { startTimeServer, type TimeServer, type TimeServerOptions } from "../../scripts/cloud/time-server.ts";
import { REACHES_RAM } from "../tls/real-interpreter.ts";
import { ACCESS_POINT, DeviceBoard, type Target } from "./board-run.ts";

const CA_FILE = "ca.der";
/** A name that the world of the board can take away; the others are mapped to addresses, and asked of nobody. */
const NAMED_HOST = "server.local-cloud.example";
const INTERVAL_S = 0.1;
/** Fast enough to see all pauses of a minute, slow enough for the deadline of an attempt, of 30 s, to be kept by the virtual WiFi. */
const FAST = 200;
/** Fast enough for pauses of minutes, slow enough for answers. */
const QUICK = 50;
/** Fast, with room for handshakes and answers within their deadlines. */
const BRISK = 20;
const DELIVERED = /^Delivered \d+, 0 queued, 200$/;
const READING = /^Reading (\d+): /;

const authority = await createAuthority();
const issued = await issueCertificate(authority, { names: [TELEMETRY_HOST] });

/** Runs the tests on one board. */
export function describeTelemetry(target: Target, bundle: () => BuiltBundle): void {
  describe(`telemetry, ${target.engine} engine`, { skip: target.skip }, () => {
    const canVerify = target.engine === "node" || REACHES_RAM;
    const onlyNode = { skip: target.engine === "node" ? false : "only the node engine's firmware is as silent, and its world there before the program" };
    let board: DeviceBoard;
    let server: Telemetry;
    let time: TimeServer;
    let timeOptions: TimeServerOptions;
    before(async () => {
      board = await DeviceBoard.start(target, { storage: { [CA_FILE]: authority.der }, world: { hosts: { [NAMED_HOST]: "127.0.0.1" } } });
    });
    after(() => board.stop());
    beforeEach(async () => {
      timeOptions = {};
      [server, time] = await Promise.all([startTelemetry(issued, { anyServerName: !canVerify }), startTimeServer(timeOptions)]);
      await board.changeWorld({ accessPoint: { ...ACCESS_POINT, dhcp: true }, hosts: { [NAMED_HOST]: "127.0.0.1" } });
    });
    afterEach(async () => {
      board.type("\x10reset()\n");
      await Promise.all([server.stop(), time.stop()]);
      assert.deepEqual(board.complaints().filter((line) => !line.includes("Connect failed")), []);
    });

    function settings(more: object = {}): object {
      return {
        wifi: ACCESS_POINT, clock: { servers: ["pool.ntp.org"] }, ...(board.ram && { ram: board.ram }), ...(!canVerify && { verify: "none" }),
        connectTo: { [`${TELEMETRY_HOST}:443`]: `${NAMED_HOST}:${server.port}`, "pool.ntp.org:123": time.address },
        trustAnchors: { [`${TELEMETRY_HOST}:443`]: CA_FILE },
        telemetry: { url: `https://${TELEMETRY_HOST}${TELEMETRY_PATH}`, intervalS: INTERVAL_S, ...more },
      };
    }

    async function start(more?: object): Promise<void> {
      await board.store("settings.json", settings(more));
      assert.equal(await board.load(bundle(), target.form), "ready");
    }

    const count = (pattern: RegExp): number => board.printed.filter((line) => pattern.test(line)).length;
    /** Waits for so many more such lines. */
    const more = (pattern: RegExp, lines = 1): Promise<void> => board.untilCount(pattern, count(pattern) + lines);
    const runFast = async (factor: number): Promise<void> => void (await board.ask(`runFast(${factor})`));

    /** Switches the access point, and waits for the line that tells of it: it may come before the board has answered. */
    async function switchAccessPoint(isOn: boolean, told: RegExp): Promise<void> {
      const before = count(told);
      await board.setAccessPoint(isOn);
      await board.untilCount(told, before + 1);
    }

    /** The name leads elsewhere from now on, for the kept connection too: it ends. */
    async function changeServer(address: string): Promise<void> {
      await board.changeWorld({ hosts: { [NAMED_HOST]: address } });
      server.mishaps.push("hang up");
    }

    /** It goes on by itself; what was put before the outbox was empty has arrived, once and in order. */
    async function assertAllArrived(refused: number[] = []): Promise<void> {
      await more(DELIVERED, 2);
      const lastEmpty = board.printed.findLastIndex((line) => DELIVERED.test(line));
      const put = board.printed.slice(0, lastEmpty).flatMap((line) => READING.exec(line)?.[1] ?? []).map(Number);
      const arrived = server.readings.map(({ id }) => Number(id.split("-")[2]));
      assert.deepEqual(put.filter((number) => !arrived.includes(number)), refused, "not arrived");
      assert.deepEqual(arrived, [...arrived].sort((a, b) => a - b), "in order");
      assert.equal(new Set(server.readings.map(({ id }) => id)).size, arrived.length, "once");
      assert.ok(put.length > 1, `${put.length} readings`);
    }

    test("all is well: readings arrive one by one, with their time, and status() tells of them", async () => {
      await start();
      await assertAllArrived();
      const { timeS, data } = server.readings[0]!;
      assert.ok(Math.abs(timeS - Date.now() / 1000) < 60);
      assert.ok((data["freeVariables"] as number) > 1000 && (data["uptimeS"] as number) < 60 && (data["rssiDbm"] as number) < 0);
      const { telemetry } = (await board.ask("tell()")) as { telemetry: { delivered: number; queued: number; refused: number; dropped: number; last: number } };
      assert.ok(telemetry.delivered > 1 && telemetry.queued <= 1);
      assert.deepEqual([telemetry.refused, telemetry.dropped, telemetry.last], [0, 0, 200]);
    });

    test("after so many readings it is done", async () => {
      await start({ readings: 3 });
      await board.untilPrinted(/^=== done$/);
      assert.ok(server.readings.length >= 3);
    });

    for (const [name, seconds] of [["a second", 1], ["a minute", 60], ["an hour", 3600]] as const) {
      test(`the access point is gone for ${name}`, async () => {
        await start();
        await more(DELIVERED);
        await switchAccessPoint(false, /^WiFi: E_WIFI in wifi/);
        if (seconds > 1) await runFast(FAST);
        await more(READING, 2 + (seconds * 1000) / FAST / (INTERVAL_S * 1000));
        await switchAccessPoint(true, /^WiFi: joined/);
        await runFast(BRISK);
        await assertAllArrived();
        const pausesMs = board.printed.flatMap((line) => /again in (\d+) ms/.exec(line)?.[1] ?? []).map(Number);
        assert.ok(pausesMs.every((each) => each <= 60_000));
        assert.ok(seconds < 3600 || pausesMs.filter((each) => each >= 30_000).length > 20, pausesMs.join());
      });
    }

    for (const [name, wrong, right, told] of [
      ["the password is wrong, and then right", { password: "another-password" }, { password: ACCESS_POINT.password }, /^WiFi: E_WIFI_PASSWORD in wifi/],
      ["DHCP is silent, and then answers", { dhcp: false }, { dhcp: true }, /^WiFi: E_WIFI_NO_ADDRESS in wifi/],
    ] as const) {
      test(`${name}, from the start on`, onlyNode, async () => {
        await board.changeWorld({ accessPoint: wrong });
        await start();
        await runFast(FAST);
        await more(told, 2);
        await board.changeWorld({ accessPoint: right });
        await more(/^WiFi: joined/);
        await runFast(BRISK);
        await assertAllArrived();
      });

      test(`${name}, after a loss`, async () => {
        await start();
        await more(DELIVERED);
        await board.changeWorld({ accessPoint: wrong });
        await switchAccessPoint(false, /^WiFi: E_WIFI in wifi/);
        await runFast(FAST);
        await board.setAccessPoint(true);
        await more(told, 2);
        await board.changeWorld({ accessPoint: right });
        await more(/^WiFi: joined/);
        await runFast(BRISK);
        await assertAllArrived();
      });
    }

    test("a link that says it is connected loses its address without a word (2v29)", onlyNode, async () => {
      await start();
      await more(DELIVERED);
      await board.changeWorld({ accessPoint: { dhcp: false } });
      await board.setAccessPoint(false);
      await board.setAccessPoint(true);
      await runFast(BRISK);
      await more(/^WiFi: E_WIFI_NO_ADDRESS in wifi: virtual-ap: the address is gone/);
      await board.changeWorld({ accessPoint: { dhcp: true } });
      await assertAllArrived();
    });

    for (const how of ["unknown", "silent"]) {
      test(`the server's name is ${how}, and then found`, async () => {
        await start();
        await more(DELIVERED);
        await runFast(BRISK);
        await changeServer(how);
        await more(/^Not delivered: E_(TIMEOUT_)?DNS in dns/);
        await board.changeWorld({ hosts: { [NAMED_HOST]: "127.0.0.1" } });
        await assertAllArrived();
      });
    }

    test("the server refuses connections, and then takes them", async () => {
      await start();
      await more(DELIVERED);
      await changeServer("127.0.0.2");
      await more(/^Not delivered: E_/);
      await board.changeWorld({ hosts: { [NAMED_HOST]: "127.0.0.1" } });
      await assertAllArrived();
    });

    test("the server fails in every way: statuses, no answer, answers that get lost", async () => {
      await start();
      await more(DELIVERED);
      await runFast(BRISK);
      server.mishaps.push(500, "hang up", 503, "keep and hang up", 408, "hang up", "hang up");
      while (server.mishaps.length > 0) await more(READING);
      await assertAllArrived();
      assert.ok(count(/^Not delivered: E_STATUS in response: (500|503|408)/) === 3);
      assert.ok(server.repeats.length > 0, "what was kept and not answered comes again");
    });

    test("a request is ended at once when the network goes, and no timer of it is left", async () => {
      await start();
      await more(DELIVERED);
      server.mishaps.push("no answer");
      await more(READING, 3);
      await switchAccessPoint(false, /^WiFi: E_WIFI in wifi/);
      const lost = board.printed.length;
      await board.setAccessPoint(true);
      await assertAllArrived();
      assert.deepEqual(board.printed.slice(lost).filter((line) => line.includes("E_TIMEOUT")), []);
    });

    test("a reading that the server refuses is found by halves, printed, counted and left out; the others arrive", async () => {
      await start();
      await more(DELIVERED);
      const bad = Number(server.readings.at(-1)!.id.split("-")[2]) + 8;
      server.refuses = ({ id }) => id.endsWith(`-${bad}`);
      await runFast(BRISK);
      server.mishaps.push(503, 503, 503);
      await more(new RegExp(`^Refused by the server, 422: \\{"id":"[\\w-]+-${bad}","timeS":\\d+,"data":\\{.*\\}\\}$`));
      await assertAllArrived([bad]);
      const { telemetry } = (await board.ask("tell()")) as { telemetry: { refused: number } };
      assert.equal(telemetry.refused, 1);
    });

    test("401 keeps everything, and is tried again seldom", async () => {
      server.mishaps.push(401, 401);
      await start();
      await more(/^Not delivered: E_STATUS in response: 401, \d+ queued, again in (1[5-9]|2\d)\d{4} ms/);
      await runFast(QUICK);
      await more(/^Not delivered: E_STATUS in response: 401/);
      await assertAllArrived();
    });

    test("Retry-After is kept to", async () => {
      server.retryAfterS = 100;
      server.mishaps.push(429);
      await start();
      await more(/^Not delivered: E_STATUS in response: 429, \d+ queued, again in 100000 ms/);
      await runFast(QUICK);
      await more(/^Delivered/);
    });

    test("100 readings need at most 2 handshakes", async () => {
      await start();
      await more(DELIVERED, 100);
      assert.ok(server.readings.length >= 100);
      const handshakes = new Set(server.requests.map(({ connection }) => connection)).size;
      assert.ok(handshakes <= 2, `${handshakes} handshakes`);
    });

    // On Linux a restart ends the interpreter (2v29).
    test("an hour without an answer, and the time server answers: the board restarts; without the time server it does not", async () => {
      await start();
      await more(DELIVERED);
      await changeServer("unknown");
      await more(/^Not delivered: E_DNS/);
      await board.ask("jump(3601)");
      timeOptions.misbehaviour = "silent";
      await more(/^Not delivered: E_DNS/, 2);
      assert.equal(count(/^The board restarts/), 0);
      delete timeOptions.misbehaviour;
      await board.ask("jump(3601)");
      await more(/^The board restarts: E_DNS in dns/);
    });

    test("a server that is dead for an hour restarts nothing by itself", onlyNode, async () => {
      await start();
      await more(DELIVERED);
      timeOptions.misbehaviour = "silent";
      await changeServer("unknown");
      await runFast(FAST);
      await more(/^Not delivered: /, 12);
      await more(READING, 3600 / FAST / INTERVAL_S);
      assert.deepEqual(board.printed.filter((line) => /^(Watchdog|The board restarts|Rebooting)/.test(line)), []);
    });
  });
}
