// Verification for real, by mbedTLS in a real interpreter, patched by the module as users get it. Needs a 32-bit interpreter whose peek and
// poke reach RAM.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TlsOptions } from "node:tls";
import { createCertificates, type Certificates } from "./certificates.ts";
import { buildHttps, runJobs, SKIP_WITHOUT_RAM, type Job, type JobOutcome } from "./real-interpreter.ts";
import { startTappedServer, type TappedServer } from "./tapped-server.ts";

const SHORT_HOST = "local.example";
const LONG_HOST = "a-host-name-with-forty-six-bytes-.test.example";
const ADDRESS = "192.0.2.7";

/** A request, the server it meets, and how it must end. */
interface Scenario {
  name: string;
  host: string;
  server: (certificates: Certificates) => TlsOptions;
  job: (certificates: Certificates) => Omit<Job, "options"> & { options?: Record<string, unknown> };
  /** The error's code (several where the firmware's version decides), or what `tls.verified` says. */
  ends: { code: string[] } | { verified: string };
}

const root = { ca: "root" };
const failsWith = (...code: string[]): { code: string[] } => ({ code });

const SCENARIOS: Scenario[] = [
  {
    name: "the right CA", host: SHORT_HOST, server: ({ good }) => good, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "a host name of 46 characters", host: LONG_HOST, server: ({ good }) => good, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "an unrelated CA", host: SHORT_HOST, server: ({ good }) => good, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "an unrelated CA and a long name", host: LONG_HOST, server: ({ good }) => good, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "another host", host: "other.example", server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "another host with a long name", host: `x${LONG_HOST}`, server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an expired certificate", host: SHORT_HOST, server: ({ expired }) => expired, job: () => root, ends: failsWith("E_CERT_EXPIRED"),
  },
  {
    name: "a certificate of tomorrow", host: SHORT_HOST, server: ({ future }) => future, job: () => root, ends: failsWith("E_CERT_NOT_YET_VALID"),
  },
  {
    name: "a common name alone", host: SHORT_HOST, server: ({ commonNameOnly }) => commonNameOnly, job: () => root, ends: failsWith("E_CERT_NO_NAMES"),
  },
  {
    name: "a self-signed certificate", host: SHORT_HOST, server: ({ selfSigned }) => selfSigned, job: () => root, ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "a pin of another certificate", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ ...root, options: { pins: [pins.other] } }), ends: failsWith("E_PIN_MISMATCH"),
  },
  {
    name: "a pin of another certificate, no CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.other] } }), ends: failsWith("E_PIN_MISMATCH"),
  },
  {
    name: "a SHA-256 pin beside the CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ ...root, options: { pins: [pins.other, pins.sha256] } }), ends: { verified: "ca, pin" },
  },
  {
    name: "a SHA-256 pin without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha256] } }), ends: { verified: "pin" },
  },
  {
    name: "a SHA-1 pin without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha1] } }), ends: { verified: "pin" },
  },
  {
    name: "a pin of the public key without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.key] } }), ends: { verified: "pin" },
  },
  {
    name: "the right pin, no CA, and another host", host: "other.example", server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha256] } }), ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an IP host that the certificate names", host: ADDRESS, server: ({ address }) => address, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "an IP host that the certificate does not name", host: ADDRESS, server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an IP host and an unrelated CA", host: ADDRESS, server: ({ address }) => address, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "an IP host with a pin and no CA", host: ADDRESS, server: ({ address }) => address,
    job: ({ pins }) => ({ options: { pins: [pins.address] } }), ends: { verified: "pin" },
  },
  {
    name: "a server that stops at TLS 1.1", host: SHORT_HOST, server: ({ good }) => ({ ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1" }),
    job: () => root, ends: failsWith("E_TLS_VERSION", "E_TLS_ALERT"),
  },
  {
    name: "mutual TLS", host: SHORT_HOST, server: ({ mutual }) => mutual,
    job: () => ({ ...root, cert: "client", key: "clientKey" }), ends: { verified: "ca" },
  },
  {
    name: "mutual TLS and a long name", host: LONG_HOST, server: ({ mutual }) => mutual,
    job: () => ({ ...root, cert: "client", key: "clientKey" }), ends: { verified: "ca" },
  },
  {
    name: "a self-signed server as CA", host: SHORT_HOST, server: ({ selfSigned }) => selfSigned, job: () => ({ ca: "selfSigned" }), ends: { verified: "ca" },
  },
  {
    name: "a spare certificate, long name, self-signed server as CA", host: LONG_HOST, server: ({ selfSigned }) => selfSigned,
    job: () => ({ ca: "selfSigned", cert: "client" }), ends: { verified: "ca" },
  },
];

const FORMS = ["plain", "minified"] as const;
const ANSWERS_OF_A_REFUSED_CLIENT = 0;

let built: Awaited<ReturnType<typeof buildHttps>>;
let certificates: Certificates;

before(async () => {
  if (SKIP_WITHOUT_RAM) return;
  [built, certificates] = [await buildHttps(), await createCertificates([SHORT_HOST, LONG_HOST], ADDRESS)];
});

after(() => built?.remove());

interface Played {
  scenario: Scenario;
  outcome: JobOutcome;
  server: TappedServer;
}

async function play(form: (typeof FORMS)[number], scenarios: Scenario[]): Promise<Played[]> {
  const servers = await Promise.all(scenarios.map(({ server }) => startTappedServer(server(certificates))));
  const origins = scenarios.map(({ host }, i) => ({ host, port: 8_000 + i }));
  const connectTo = Object.fromEntries(origins.map(({ host, port }, i) => [`${host}:${port}`, servers[i]!.address]));
  const jobs = scenarios.map(({ job }, i) => {
    const wanted = job(certificates);
    return { ...wanted, options: { ...origins[i], ...wanted.options } };
  });
  try {
    const outcomes = await runJobs({ module: built.text(form), der: certificates.der, settings: { connectTo }, jobs });
    return scenarios.map((scenario, i) => ({ scenario, outcome: outcomes[i]!, server: servers[i]! }));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function assertPassed({ scenario: { host }, outcome, server }: Played, verified: string): void {
  assert.deepEqual({ error: outcome.error, statusCode: outcome.statusCode, body: outcome.body }, { error: undefined, statusCode: 200, body: "ok" });
  const sni = host === ADDRESS ? "" : host;
  assert.deepEqual({ verified: outcome.tls?.verified, sni: outcome.tls?.sni }, { verified, sni });
  const visits = server.visits();
  assert.deepEqual(visits.map(({ hello }) => hello?.serverName), [sni === "" ? undefined : sni]);
  assert.ok(visits[0]!.applicationBytes > 0);
}

function assertFailed({ outcome, server }: Played, codes: string[]): void {
  assert.ok(outcome.error && codes.includes(outcome.error.code), JSON.stringify(outcome));
  assert.equal(outcome.error.phase, "handshake");
  const sent = server.visits().reduce((sum, { applicationBytes }) => sum + applicationBytes, 0);
  assert.equal(sent, ANSWERS_OF_A_REFUSED_CLIENT, "bytes of the request that left the board");
  assert.ok(server.visits().length > 0);
}

for (const form of FORMS) {
  test(`${form} module`, { skip: SKIP_WITHOUT_RAM }, async (context) => {
    const played = await play(form, SCENARIOS);
    for (const each of played) {
      const { name, ends } = each.scenario;
      await context.test(name, () => "code" in ends ? assertFailed(each, ends.code) : assertPassed(each, ends.verified));
    }
    await context.test("no two ClientHello randoms are equal", () => {
      const randoms = played.flatMap(({ server }) => server.visits().map(({ hello }) => hello?.random.toString("hex")));
      assert.equal(new Set(randoms).size, randoms.length);
      assert.ok(randoms.length >= SCENARIOS.length && !randoms.includes(undefined));
    });
  });
}

test("two runs send different ClientHello randoms", { skip: SKIP_WITHOUT_RAM }, async () => {
  const first = await play("minified", SCENARIOS.slice(0, 1));
  const second = await play("minified", SCENARIOS.slice(0, 1));
  const [one, other] = [first, second].map((played) => played[0]!.server.visits()[0]!.hello!.random.toString("hex"));
  assert.notEqual(one, other);
});
