// Verification for real, by mbedTLS in a real interpreter, patched by the module as users get it. Needs a 32-bit interpreter whose peek and
// poke reach RAM.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createCertificates, type Certificates } from "./certificates.ts";
import { buildHttps, runJobs, SKIP_WITHOUT_RAM, type JobOutcome } from "./real-interpreter.ts";
import { ADDRESS, LONG_HOST, SCENARIOS, SHORT_HOST, type Scenario } from "./scenarios.ts";
import { startTappedServer, type TappedServer } from "./tapped-server.ts";

const FORMS = ["plain", "minified"] as const;

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
  assert.equal(sent, 0, "bytes of the request that left the board");
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

// mbedTLS 2.1 as Linux builds have it knows only TLS 1.2, whatever is allowed.
test("a server that stops at TLS 1.1 is met with minTls 1.1, by firmware that knows TLS 1.1", { skip: SKIP_WITHOUT_RAM }, async (context) => {
  const [played] = await play("minified", [{
    name: "minTls 1.1",
    host: SHORT_HOST,
    server: ({ good }) => ({ ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1" }),
    job: () => ({ ca: "root", options: { minTls: "1.1" } }),
    ends: { verified: "ca" },
  }]);
  const code = played!.outcome.error?.code;
  context.diagnostic(code ?? "it knows TLS 1.1");
  if (code) assertFailed(played!, ["E_TLS_VERSION", "E_TLS_ALERT", "E_HANDSHAKE"]);
  else assertPassed(played!, "ca");
});
