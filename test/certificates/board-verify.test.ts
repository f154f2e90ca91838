// That the board's verification is what board-verify.ts says: by mbedTLS in a real interpreter, for the certificates chosen and for those that
// OpenSSL would take and the board does not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chooseAnchor, type Choice } from "../../scripts/certificates/choose-anchor.ts";
import { verifyAsBoard } from "../../scripts/certificates/board-verify.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import type { IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";
import type { Job, JobOutcome } from "../tls/real-interpreter.ts";
import { startTappedServer } from "../tls/tapped-server.ts";
import { HOST, makeChains, type Chain } from "./chains.ts";
import type { Issued } from "./issue.ts";

// It loads the compiler, which takes longer than all else here: only when there is an interpreter.
const real = process.env["ESPRUINO_BIN"] ? await import("../tls/real-interpreter.ts") : undefined;
const SKIP = real ? real.SKIP_WITHOUT_RAM : "ESPRUINO_BIN is not set";
const IS_LONG = process.env["TEST_LONG"] === "1";
/** Enough to see each rule at work; the others with TEST_LONG. */
const SHORT = [
  "RSA: an intermediate and a root", "an intermediate twice: mbedTLS follows the first", "wrong order", "12 certificates", "8 intermediates",
  "a root with rsa-4096", "a root with rsa-1024", "an intermediate signed with SHA-1",
];
const SHORT_EC = ["EC: an intermediate and a root", "cross-signed, both roots trusted: fewer signatures", "a root with p-521"];

interface Trial {
  chain: Chain;
  anchor: Choice["leaf"];
  accepts: boolean;
}

let built: Awaited<ReturnType<NonNullable<typeof real>["buildHttps"]>>;
let chains: Chain[] = [];

before(async () => {
  if (SKIP) return;
  built = await real!.buildHttps();
  const rsa = await makeChains({ rsaOnly: true });
  // Interpreters without elliptic curves in their handshake can still be asked.
  const ec = await makeChains({ leafKey: "rsa-2048-c" });
  chains = [...rsa.filter(({ name }) => IS_LONG || SHORT.includes(name)), ...ec.filter(({ name }) => IS_LONG || SHORT_EC.includes(name))];
});

after(() => built?.remove());

test("a real interpreter accepts and refuses what is worked out here", { skip: SKIP }, async (context) => {
  const trials = chains.flatMap(trialsOf);
  assert.ok(trials.length >= SHORT.length);
  const outcomes = await runTrials(trials);
  const knowsCurves = trials.some(({ chain, accepts }, i) => accepts && usesCurves(chain) && outcomes[i]!.statusCode === 200);
  if (!knowsCurves) context.diagnostic("This interpreter does not check ECDSA signatures: chains with EC keys are left out");
  for (const [i, { chain, anchor, accepts }] of trials.entries()) {
    if (!knowsCurves && usesCurves(chain)) continue;
    await context.test(`${chain.name}: ${accepts ? "accepted with" : "refused with"} ${anchor.name}`, () => {
      const { error, statusCode } = outcomes[i]!;
      if (accepts) assert.deepEqual({ error, statusCode }, { error: undefined, statusCode: 200 });
      else assert.equal(error?.phase, "handshake", JSON.stringify(outcomes[i]));
    });
  }
});

/** The chosen one, and those that the board is said to refuse. */
function trialsOf(chain: Chain): Trial[] {
  const { chosen, candidates } = chooseAnchor({ sent: chain.sent, roots: new RootStore(chain.roots.map(({ der }) => der)), now: new Date() });
  const refused = candidates.filter(({ objection, certificate }) => objection && isCertain(chain, certificate));
  return [
    ...(chosen ? [{ chain, anchor: chosen.certificate, accepts: true }] : []),
    ...refused.map(({ certificate }) => ({ chain, anchor: certificate, accepts: false })),
  ];
}

/** What the RSA unit of a chip cannot do, and what only later versions refuse, an interpreter on a computer may do. */
function isCertain(chain: Chain, anchor: Choice["leaf"]): boolean {
  const verdict = verifyAsBoard(chain.sent, anchor);
  return !verdict.accepted && !/too long for the ESP32|not every firmware|^local\.example: an RSA 1024 key/.test(verdict.reason);
}

function usesCurves({ sent }: Chain): boolean {
  return sent.some(({ signature }) => signature.scheme === "ECDSA");
}

async function runTrials(trials: Trial[]): Promise<JobOutcome[]> {
  const servers = await Promise.all(trials.map(({ chain }) => startTappedServer(serverOptions(chain.sent))));
  const connectTo = Object.fromEntries(servers.map(({ address }, i) => [`${HOST}:${8_000 + i}`, address]));
  const der = Object.fromEntries(trials.map(({ anchor }, i) => [`ca${i}`, anchor.der]));
  const jobs = trials.map((_, i): Job => ({ ca: `ca${i}`, options: { host: HOST, port: 8_000 + i } }));
  try {
    return await real!.runJobs({ module: built.text("minified"), der, settings: { connectTo }, jobs });
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function serverOptions(sent: Issued[]): ReturnType<typeof serverTls> {
  return serverTls({ chainPem: sent.map(({ pem }) => pem).join(""), keyPem: sent[0]!.keyPem } as IssuedCertificate);
}
