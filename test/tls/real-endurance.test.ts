// Many connections on a real interpreter, good and bad mixed: nothing may stay behind, neither JsVars nor blocks of the TLS library's heap.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createCertificates, type Certificates } from "./certificates.ts";
import { buildHttps, runJobs, SKIP_WITHOUT_RAM, type Job, type JobOutcome } from "./real-interpreter.ts";
import { startTappedServer, type TappedServer } from "./tapped-server.ts";

const HOST = "local.example";
const LONG_HOST = "a-host-name-with-forty-six-bytes-.test.example";
const ADDRESS = "192.0.2.7";
/** Ports that the program names; the settings lead them to the servers. */
const PORT = { good: 8_001, address: 8_002, mutual: 8_003 };
/** Ten kinds, twenty times. */
const ROUNDS = 20;
const WARM_UP = 3;
const BLOCKS_TOLERATED = 2;
/** Limits the TLS library's heap where the build knows the variable. */
const HEAP_LIMIT = "ESPR_TLS_HEAP";
/** Too little and enough for one connection of any kind, whatever the build. */
const HEAP_BYTES = { tooFew: 24_000, enough: 90_000 };
/** What the endurance run has beyond the smallest heap that will do: less than twenty blocks of the smallest size. */
const SPARE_BYTES = 256;
const FORMS = process.env["TEST_LONG"] ? ["minified", "plain"] as const : ["minified"] as const;

let built: Awaited<ReturnType<typeof buildHttps>>;
let certificates: Certificates;
let servers: Record<keyof typeof PORT, TappedServer>;

before(async () => {
  if (SKIP_WITHOUT_RAM) return;
  [built, certificates] = [await buildHttps(), await createCertificates([HOST, LONG_HOST], ADDRESS)];
  servers = {
    good: await startTappedServer(certificates.good),
    address: await startTappedServer(certificates.address),
    mutual: await startTappedServer(certificates.mutual),
  };
});

after(async () => {
  await built?.remove();
  await Promise.all(Object.values(servers ?? {}).map((server) => server.stop()));
});

/** A request with what it must end in: "200", or the code of its error. */
type Kind = Job & { ends: string };

function kinds({ pins }: Certificates): Kind[] {
  const to = (host: string, port: number, more: object = {}): Record<string, unknown> => ({ host, port, ...more });
  return [
    { options: to(HOST, PORT.good), ca: "root", ends: "200" },
    { options: to(LONG_HOST, PORT.good), ca: "root", ends: "200" },
    { options: to(HOST, PORT.good), ca: "otherRoot", ends: "E_UNKNOWN_CA" },
    { options: to(LONG_HOST, PORT.good), ca: "otherRoot", ends: "E_UNKNOWN_CA" },
    { options: to("other.example", PORT.good), ca: "root", ends: "E_WRONG_HOST" },
    { options: to(ADDRESS, PORT.address), ca: "root", ends: "200" },
    { options: to(ADDRESS, PORT.address, { pins: [pins.address] }), ends: "200" },
    { options: to(HOST, PORT.good, { pins: [pins.other] }), ends: "E_PIN_MISMATCH" },
    { options: to(LONG_HOST, PORT.mutual), ca: "root", cert: "client", key: "clientKey", ends: "200" },
    { options: to(LONG_HOST, PORT.good), ca: "root", cert: "client", ends: "200" },
  ];
}

function connectTo(): Record<string, string> {
  const hosts = [HOST, LONG_HOST, "other.example", ADDRESS];
  const names = Object.keys(PORT) as (keyof typeof PORT)[];
  return Object.fromEntries(hosts.flatMap((host) => names.map((name) => [`${host}:${PORT[name]}`, servers[name].address])));
}

function endOf({ error, statusCode }: JobOutcome): string {
  return error ? error.code : String(statusCode);
}

async function run(form: "plain" | "minified", rounds: number, heapLimit: number): Promise<JobOutcome[]> {
  return runJobs({
    module: built.text(form),
    der: certificates.der,
    settings: { connectTo: connectTo() },
    jobs: kinds(certificates),
    rounds,
    environment: { [HEAP_LIMIT]: String(heapLimit) },
  });
}

/** By halves. A build that has no such limit does with anything. */
async function smallestHeap(form: "plain" | "minified", wanted: string[]): Promise<number> {
  let { tooFew, enough } = HEAP_BYTES;
  while (enough - tooFew > SPARE_BYTES / 2) {
    const limit = (tooFew + enough) >> 1;
    const got = (await run(form, 1, limit)).map(endOf);
    if (got.join() === wanted.join()) enough = limit;
    else tooFew = limit;
  }
  return enough;
}

for (const form of FORMS) {
  test(`${form} module: 200 connections leave nothing behind`, { skip: SKIP_WITHOUT_RAM }, async (context) => {
    const wanted = kinds(certificates).map((kind) => kind.ends);
    const heapBytes = await smallestHeap(form, wanted);
    context.diagnostic(`${heapBytes} bytes of heap are enough for one connection`);
    const outcomes = await run(form, ROUNDS, heapBytes + SPARE_BYTES);
    assert.deepEqual(outcomes.map(endOf), Array.from({ length: ROUNDS }, () => wanted).flat());
    assertSameUse(outcomes, wanted.length);
  });
}

/** After the warm-up, each kind leaves as many blocks in use in the last round as in that one. */
function assertSameUse(outcomes: JobOutcome[], count: number): void {
  const used = outcomes.map(({ usedBlocks }) => usedBlocks);
  const early = used.slice(count * WARM_UP, count * (WARM_UP + 1));
  const last = used.slice(-count);
  const grown = last.map((blocks, i) => blocks - early[i]!);
  assert.ok(grown.every((blocks) => Math.abs(blocks) <= BLOCKS_TOLERATED), `blocks more by kind: ${grown.join(" ")} (${used.join(" ")})`);
}
