import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { type NodeBoard, startNodeBoard } from "./node-board.ts";
import { loggedIn, printedIn } from "./scenario.ts";
import { type ScenarioServer, startTcp } from "./scenario-servers.ts";

const HOSTS = { "known.example": "127.0.0.1", "silent.example": "silent", "unknown.example": "unknown" };
const SHOW_EVENTS = `
var wifi = require("Wifi");
function log(text) { print("@ " + text); }
function finish() { log("done"); }
wifi.on("associated", function(d) { log("associated " + d.ssid + " " + typeof d.channel); });
wifi.on("connected", function(d) { log("connected " + d.ip); });
wifi.on("disconnected", function(d) { log("disconnected " + d.reason + " " + typeof d.reason + " " + d.msg); });
`;
const JOIN = `
wifi.connect("virtual-ap", {password:"virtual-password"}, function(e) { log("callback " + e); next(); });`;

describe("Wifi of the node engine", () => {
  let board: NodeBoard;
  let server: ScenarioServer;
  before(async () => {
    server = await startTcp((socket) => socket.end());
  });
  after(() => server.close());
  beforeEach(async () => {
    board = await startNodeBoard({ hosts: HOSTS });
  });
  afterEach(() => board.stop());

  const run = (program: string): Promise<string[]> => board.run(SHOW_EVENTS + program);

  test("connect: associated, then the callback with null, then connected", async () => {
    const lines = await run(`function next() { setTimeout(finish, 10); }\n${JOIN}`);
    assert.deepEqual(loggedIn(lines), ["associated virtual-ap string", "callback null", "connected 192.168.1.50"]);
  });

  test("getDetails, getIP and getStatus before and after", async () => {
    const lines = await run(`
function show() {
  var status = wifi.getStatus();
  log(wifi.getDetails().status + " " + wifi.getIP().ip + " " + status.station + " " + status.mode);
}
function next() { show(); wifi.getIP(function(e, info) { log(e + " " + info.netmask); finish(); }); }
show();
${JOIN}`);
    assert.deepEqual(loggedIn(lines), [
      "Unknown reason 0.0.0.0 Unknown reason NULL",
      "associated virtual-ap string",
      "callback null",
      "connected 192.168.1.50 connected STA",
      "connected 192.168.1.50",
      "null 255.255.255.0",
    ]);
  });

  test("an unknown network, and a wrong password, are told after the silent retries", async () => {
    const lines = await run(`
wifi.connect("other", {}, function(e) {
  log("callback " + e);
  wifi.connect("virtual-ap", {password:"wrong"}, function(e) { log("callback " + e); finish(); });
});`);
    assert.deepEqual(loggedIn(lines), [
      "disconnected 201 string NO_AP_FOUND",
      "callback NO_AP_FOUND",
      "disconnected 202 string AUTH_FAIL",
      "callback AUTH_FAIL",
    ]);
  });

  test("disconnect calls back twice when there was a link", async () => {
    const lines = await run(`
function next() { wifi.disconnect(function() { log("off"); }); setTimeout(finish, 50); }
${JOIN}`);
    assert.deepEqual(loggedIn(lines).slice(3), ["off", "off", "disconnected 8 string ASSOC_LEAVE"]);
  });

  test("connecting again leaves first, without a word", async () => {
    const lines = await run(`
function again(e) { log("again " + e); setTimeout(finish, 10); }
function next() { wifi.connect("virtual-ap", {password:"virtual-password"}, again); }
${JOIN}`);
    const joined = ["associated virtual-ap string", "connected 192.168.1.50"];
    assert.deepEqual(loggedIn(lines).filter((line) => !line.includes("null")), [...joined, ...joined]);
  });

  test("wrong arguments throw", async () => {
    const lines = await run(`
function attempt(f) { try { f(); log("ok"); } catch (e) { log(e.message); } }
attempt(function() { wifi.connect(); });
attempt(function() { wifi.connect("a", {password:1}); });
attempt(function() { wifi.connect("a", "b"); });
attempt(function() { wifi.connect("a", {}, 1); });
attempt(function() { wifi.getHostByName(1, log); });
finish();`);
    assert.deepEqual(loggedIn(lines), [
      "No SSID provided",
      "Expecting options.password to be a string but got Number",
      "Expecting Object, got String",
      "Expecting callback function but got 1",
      "Hostname parameter is not a string",
    ]);
  });

  test("without a link nothing can be reached", async () => {
    const lines = await run(`
function attempt(host) {
  try { require("net").connect({host:host,port:${server.port}}); log("ok"); } catch (e) { log(e.message); }
}
attempt("known.example"); attempt("127.0.0.1");
wifi.getHostByName("known.example", function(ip) { log("ip " + ip); finish(); });`);
    assert.deepEqual(loggedIn(lines), ["Unable to locate host", "Unable to create socket", "ip null"]);
    assert.deepEqual(printedIn(lines), ["ERROR: Connect failed (err 113)"]);
  });

  test("names are looked up in the virtual world", async () => {
    const lines = await run(`
function next() {
  wifi.getHostByName("known.example", function(ip) {
    log("known " + ip);
    wifi.getHostByName("unknown.example", function(ip) {
      log("unknown " + ip);
      wifi.getHostByName("10.1.2.3", function(ip) {
        log("address " + ip);
        require("net").connect({host:"known.example",port:${server.port}}).on("close", finish);
      });
    });
  });
}
${JOIN}`);
    assert.deepEqual(loggedIn(lines).slice(-3), ["known 127.0.0.1", "unknown null", "address 10.1.2.3"]);
  });

  test("of two look-ups at once only the last callback is kept", async () => {
    const lines = await run(`
function next() {
  wifi.getHostByName("known.example", function(ip) { log("first " + ip); });
  wifi.getHostByName("silent.example", function(ip) { log("second " + ip); });
  setTimeout(finish, 100);
}
${JOIN}`);
    assert.deepEqual(loggedIn(lines).slice(-1), ["second 127.0.0.1"]);
  });
});
