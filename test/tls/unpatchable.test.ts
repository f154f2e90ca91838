// An interpreter whose TLS state cannot be patched (any 64-bit one): a request ends in an error of its own, not in an unverified connection.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createCertificates, type Certificates } from "./certificates.ts";
import { buildHttps, runJobs, SKIP_WITH_RAM, type JobOutcome } from "./real-interpreter.ts";
import { startTappedServer, type TappedServer } from "./tapped-server.ts";

const HOST = "local.example";
const PORT = 8_443;
/** Makes the variables of a stock Linux build grow, so that mbedTLS's buffers find room in them: the firmware would fail before the guard does. */
const MAKE_ROOM = "var room=new Uint8Array(100000);room=undefined;";
/** All that a pointer of 32 bits can name: checks by address refuse nothing then. */
const EVERYWHERE = [0, 2 ** 32];

let built: Awaited<ReturnType<typeof buildHttps>>;
let certificates: Certificates;
let server: TappedServer;

before(async () => {
  if (SKIP_WITH_RAM) return;
  [built, certificates] = [await buildHttps(), await createCertificates([HOST], "192.0.2.7")];
  server = await startTappedServer(certificates.good);
});

after(async () => {
  await built?.remove();
  await server?.stop();
});

async function request(form: "plain" | "minified", ram: number[], options: object = {}): Promise<JobOutcome> {
  const settings = { ram, connectTo: { [`${HOST}:${PORT}`]: server.address } };
  const [outcome] = await runJobs({
    module: built.text(form),
    der: certificates.der,
    settings,
    jobs: [{ options: { host: HOST, port: PORT, ...options }, ca: "root" }],
    prelude: MAKE_ROOM,
  });
  return outcome!;
}

for (const form of ["plain", "minified"] as const) {
  for (const ram of [[], EVERYWHERE]) {
    test(`${form} module, RAM ${JSON.stringify(ram)}: E_TLS_LAYOUT, and nothing is sent`, { skip: SKIP_WITH_RAM }, async () => {
      const { error } = await request(form, ram);
      assert.deepEqual({ code: error?.code, phase: error?.phase }, { code: "E_TLS_LAYOUT", phase: "handshake" });
      assert.deepEqual(server.visits().filter(({ applicationBytes }) => applicationBytes > 0), []);
    });
  }
}

test("the same request goes through when it says that it need not be verified", { skip: SKIP_WITH_RAM }, async () => {
  const { statusCode, tls } = await request("minified", EVERYWHERE, { verify: "none" });
  assert.deepEqual({ statusCode, verified: tls?.verified }, { statusCode: 200, verified: false });
});
