import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startCloud } from "../../scripts/cloud/cloud.ts";
import { DEFAULT_WORLD } from "../../scripts/board/board.ts";
import { checkSettings } from "../../scripts/provision/check-settings.ts";
import { mistakeLines } from "../../scripts/provision/mistake.ts";
import { EXAMPLE_FILE, findPlaceholders } from "../../scripts/provision/placeholders.ts";
import { TOP_LEVEL_KEYS } from "../../scripts/provision/settings-schema.ts";
import { provisionedFiles } from "../../scripts/start/settings.ts";

const SECRET = "hunter2-hunter2-hunter2";
const WIFI = { ssid: "home", password: SECRET };

/** The mistakes in settings that have a network, as lines. */
function mistakesWith(more: Record<string, unknown>): string[] {
  return mistakeLines(checkSettings({ wifi: WIFI, ...more }).mistakes);
}

test("only wifi is needed, and a program of one's own may have its section", () => {
  for (const more of [{}, { heating: { rooms: [1, { name: "x" }] } }, { token: { mine: true } }, { cloud: {} }]) assert.deepEqual(mistakesWith(more), []);
  assert.deepEqual(mistakeLines(checkSettings({}).mistakes), ["wifi: expected a section { ... } with ssid, password, telnet, found missing"]);
});

const RIGHT: Record<string, unknown>[] = [
  { wifi: { ssid: "ü".repeat(16) } }, { wifi: { ssid: "a", password: "" } }, { wifi: { ssid: "a", password: "0".repeat(64), telnet: true } },
  { clock: {} }, { clock: { servers: ["192.168.1.1", "time.example.com"] } },
  { verify: "none" }, { verify: "required" }, { ram: [0x3ffae000, 0x40000000, 0x3f800000, 0x3fc00000] },
  { connectTo: { "a.example:443": "127.0.0.1:8443" }, trustAnchors: { "a.example:443": "ca.pem" }, pins: { "a.example:443": [`sha256/${"A".repeat(43)}=`] } },
  { httpsGet: { url: "https://example.com:8443/a?b=c", ca: "ca.pem" } },
  { github: { owner: "o", repo: "r.js", ref: "feature/x", pins: ["AA:".repeat(31) + "AA", "0".repeat(40)], token: SECRET } },
  { oauth: { host: "login.example.com", clientId: "i", clientSecret: SECRET, audience: "a" } },
  { aws: { endpoint: "a1-ats.iot.eu-central-1.amazonaws.com", thing: "lnu_001", port: 8443 } },
  { device: { certificate: "a.pem", key: "b.pem" } },
];
for (const settings of RIGHT) {
  test(`${JSON.stringify(settings).slice(0, 100)} is right`, () => assert.deepEqual(mistakesWith(settings), []));
}

const WRONG: [Record<string, unknown>, string][] = [
  [{ wifi: "home" }, "wifi: expected a section { ... } with ssid, password, telnet, found a text of 4 characters"],
  [{ wifi: { ...WIFI, ssid: "x".repeat(33) } }, `wifi.ssid: expected the network's name, 1 to 32 bytes, found "${"x".repeat(33)}"`],
  [{ wifi: { ssid: "a", password: "short" } }, "wifi.password: expected the network's password, 8 to 63 ASCII characters, or none for an open network, found a text of 5 characters"],
  [{ wifi: { ssid: "a", password: 12345678 } }, "wifi.password: expected the network's password, 8 to 63 ASCII characters, or none for an open network, found a number"],
  [{ wifi: { ...WIFI, SSID: "x" } }, 'wifi.SSID: there is no such setting; did you mean "ssid"?'],
  [{ wifi: { ...WIFI, passwort: "x" } }, 'wifi.passwort: there is no such setting; did you mean "password"?'],
  [{ wifi: { ...WIFI, channel: 6 } }, "wifi.channel: there is no such setting; here can be: ssid, password, telnet"],
  [{ wfii: WIFI }, 'wfii: there is no such setting; did you mean "wifi"? If it belongs to a program of your own, name it otherwise'],
  [{ trust_anchors: {} }, 'trust_anchors: there is no such setting; did you mean "trustAnchors"? If it belongs to a program of your own, name it otherwise'],
  [{ password: SECRET }, 'password: there is no such setting; did you mean "wifi.password"? If it belongs to a program of your own, name it otherwise'],
  [{ heating: 21 }, "heating: expected a section { ... } of your own program, found a number"],
  [{ clock: { servers: "pool.ntp.org" } }, "clock.servers: expected a list of time servers, found a text of 12 characters"],
  [{ clock: { servers: [] } }, "clock.servers: expected at least one time server, or leave it out, found an empty list"],
  [{ clock: { servers: ["a.example", "http://b"] } },
    'clock.servers[1]: expected the name of a host, such as login.example.com, without https:// and path, found "http://b"'],
  [{ verify: "nothing" }, 'verify: expected "required" or "none", found "nothing"'],
  [{ connectTo: { "a.example": "127.0.0.1:1" } }, 'connectTo["a.example"]: expected host and port, such as login.example.com:443, found "a.example"'],
  [{ connectTo: { "a.example:443": "127.0.0.1:70000" } }, 'connectTo["a.example:443"]: expected host and port, such as login.example.com:443, found "127.0.0.1:70000"'],
  [{ trustAnchors: { "a.example:443": "ca.pem" } },
    'trustAnchors["a.example:443"]: this host is not in connectTo, so the board takes no notice of it; give the program its own ca or pins'],
  [{ ram: [2, 1] }, "ram: expected pairs of addresses, each start before its end, found a list"],
  [{ ram: ["0x3ffae000", 1] }, 'ram[0]: expected an address as a decimal number, found "0x3ffae000"'],
  [{ httpsGet: { url: "htps://user:hunter2@a.example/?key=hunter2" } },
    'httpsGet.url: expected an address that begins with https://, in ASCII and without user and password, found "htps://...@a.example/?..."'],
  [{ github: { owner: "o", repo: "r", ref: "x", pins: ["zz"] } },
    'github.pins[0]: expected a fingerprint: SHA-256 or SHA-1 in hexadecimal, or sha256/ and Base64, found "zz"'],
  [{ oauth: { host: "https://login.example.com/x", clientId: "i", clientSecret: SECRET, audience: "a" } },
    'oauth.host: expected the name of a host, such as login.example.com, without https:// and path, found "https://login.example.com/x"'],
  [{ oauth: { host: "a.example", clientId: "i", clientSecret: 7, audience: "a" } },
    "oauth.clientSecret: expected the secret that the service gave this board, found a number"],
  [{ aws: { endpoint: "a.example", thing: "my thing", port: 8443 } }, 'aws.thing: expected the thing\'s name: letters, digits, -, _ and :, found "my thing"'],
  [{ aws: { endpoint: "a.example", thing: "t", port: "8443" } }, 'aws.port: expected a port, from 1 to 65535, found "8443"'],
  [{ device: { cert: "x", key: "y" } }, 'device.cert: there is no such setting; here can be: certificate, key'],
];
for (const [settings, line] of WRONG) {
  test(line.slice(0, 110), () => {
    const lines = mistakesWith(settings);
    assert.ok(lines.includes(line), lines.join("\n"));
    assert.doesNotMatch(lines.join("\n"), /hunter2/);
  });
}

test("all mistakes come at once, each place once", () => {
  const lines = mistakesWith({ wifi: { ssid: "", pasword: SECRET }, clock: { servers: [1, "b c"] }, connectTo: { x: "y" }, verfiy: "none" });
  assert.deepEqual(lines.map((line) => line.split(":")[0]).sort(), ["clock.servers[0]", "clock.servers[1]", "connectTo.x", "verfiy", "wifi.pasword", "wifi.ssid"].sort());
});

test("a secret is shown nowhere, wherever it stands by mistake", () => {
  const misplaced = [SECRET, [SECRET], { [SECRET.slice(0, 0)]: SECRET }, { value: SECRET }];
  for (const path of ["wifi", "clock", "connectTo", "pins", "github", "oauth", "device", "mine"]) {
    for (const value of misplaced) assert.doesNotMatch(mistakesWith({ [path]: value }).join("\n"), /hunter2/);
  }
  for (const secret of [`${SECRET}\n`, [SECRET], { a: SECRET }]) {
    const lines = mistakesWith({ wifi: { ssid: "a", password: [secret] }, github: { token: secret }, oauth: { clientId: [secret], clientSecret: [secret] }, device: { key: `-----BEGIN ${SECRET}` } });
    assert.doesNotMatch(lines.join("\n"), /hunter2/);
    assert.ok(lines.length >= 4);
  }
});

test("settings.example.json has every section, is right, and its placeholders are told", () => {
  const example = JSON.parse(readFileSync(EXAMPLE_FILE, "utf8")) as Record<string, unknown>;
  const rarelyNeeded = ["verify", "connectTo", "trustAnchors", "pins", "ram"];
  assert.deepEqual(Object.keys(example).sort(), TOP_LEVEL_KEYS.filter((key) => !rarelyNeeded.includes(key)).sort());
  assert.deepEqual(checkSettings(example).mistakes, []);
  const { mistakes, warnings } = findPlaceholders(example);
  assert.deepEqual(mistakeLines(mistakes).map((line) => line.split(":")[0]), ["wifi.ssid", "wifi.password"]);
  assert.deepEqual(mistakeLines(warnings).map((line) => line.split(":")[0]), ["oauth.host", "oauth.clientId", "oauth.clientSecret", "aws.endpoint", "telemetry.url"]);
  assert.deepEqual(findPlaceholders({ wifi: WIFI }), { mistakes: [], warnings: [] });
});

test("what npm start writes to the virtual board is right by the same schema, but for the board's own device section", async () => {
  const cloud = await startCloud();
  await cloud.stop();
  const files = provisionedFiles({ cloud, world: DEFAULT_WORLD, ram: [1, 2], isInsecure: true, readings: 0, breakage: undefined });
  const { device: _, ...settings } = JSON.parse(Buffer.from(files["settings.json"]!).toString()) as Record<string, unknown>;
  assert.deepEqual(mistakeLines(checkSettings(settings).mistakes), []);
});
