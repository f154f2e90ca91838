import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, describe, test } from "node:test";
import tls from "node:tls";
import { ChainError, fetchChain } from "../../scripts/certificates/fetch-chain.ts";
import { fetchIssuers } from "../../scripts/certificates/fetch-issuers.ts";
import { inspectServer } from "../../scripts/certificates/inspect-server.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { HOST, makeChains, type Chain } from "./chains.ts";
import { issue, type Issued } from "./issue.ts";

const chains = await makeChains();
const running: LoopbackServer[] = [];
after(async () => void (await Promise.all(running.map((server) => server.stop()))));

async function listen(server: net.Server): Promise<{ host: string; port: number }> {
  const listening = await listenOnLoopback(server);
  running.push(listening);
  return { host: LOOPBACK, port: listening.port };
}

function serve(sent: Issued[], more: tls.TlsOptions = {}): Promise<{ host: string; port: number }> {
  const options = { cert: sent.map(({ pem }) => pem).join(""), key: sent[0]!.keyPem, ciphers: "DEFAULT@SECLEVEL=0", ...more };
  return listen(tls.createServer(options).on("tlsClientError", () => undefined));
}

function storeOf({ roots }: Pick<Chain, "roots">): RootStore {
  return new RootStore(roots.map(({ der }) => der));
}

async function failure(promise: Promise<unknown>): Promise<ChainError> {
  const error = await promise.then(() => assert.fail("no error"), (reason: unknown) => reason);
  assert.ok(error instanceof ChainError, String(error));
  return error;
}

describe("a server's certificates, as sent and in that order", () => {
  // OpenSSL itself serves no certificate that is not for servers.
  for (const chain of chains.filter(({ sent }) => sent[0]!.mayHandshake)) {
    test(chain.name, async () => {
      const address = await serve(chain.sent);
      const { certificates, messageBytes, isFragmented } = await fetchChain(address);
      assert.deepEqual(certificates.map((der) => der.toString("hex")), chain.sent.map(({ der }) => der.toString("hex")));
      assert.equal(messageBytes, 4 + 3 + chain.sent.reduce((sum, { der }) => sum + 3 + der.length, 0));
      assert.equal(isFragmented, false);
    });
  }

  test("where Node's own answer is another: it leaves out, and puts in order", async () => {
    const chain = chains.find(({ name }) => name === "wrong order")!;
    const { host, port } = await serve(chain.sent);
    const built = await new Promise<string[]>((resolve, reject) => {
      const socket = tls.connect({ host, port, rejectUnauthorized: false, ca: chain.roots.map(({ pem }) => pem) }, () => {
        const names: string[] = [];
        let each: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
        for (; each && !names.includes(String(each.subject.CN)); each = each.issuerCertificate) names.push(String(each.subject.CN));
        socket.destroy();
        resolve(names);
      }).on("error", reject);
    });
    assert.notDeepEqual(built, chain.sent.map(({ name }) => name));
  });
});

test("the choice for a server is that for what it sends, and the name has to fit", async () => {
  const chain = chains[0]!;
  const address = await serve(chain.sent);
  const { choice } = await inspectServer({ ...address, serverName: HOST }, storeOf(chain), new Date());
  assert.equal(choice.chosen?.certificate.name, chain.right);
  const other = await inspectServer({ ...address, serverName: "other.example" }, storeOf(chain), new Date());
  assert.match(other.choice.problem ?? "", /is not for other\.example, but for local\.example, 127\.0\.0\.1/);
  const byAddress = await inspectServer(address, storeOf(chain), new Date());
  assert.equal(byAddress.choice.problem, undefined);
});

test("the host's name is asked for, and an address is not", async () => {
  const [one, other] = [chains[0]!, chains[1]!];
  const asked: string[] = [];
  const address = await serve(other.sent, {
    SNICallback: (name, done) => {
      asked.push(name);
      done(null, tls.createSecureContext({ cert: one.sent.map(({ pem }) => pem).join(""), key: one.sent[0]!.keyPem }));
    },
  });
  assert.deepEqual((await fetchChain({ ...address, serverName: HOST })).certificates[0], one.sent[0]!.der);
  assert.deepEqual((await fetchChain(address)).certificates[0], other.sent[0]!.der);
  assert.deepEqual(asked, [HOST]);
});

test("a server that wants a certificate from us shows its own", async () => {
  const { sent } = chains[0]!;
  assert.equal((await fetchChain(await serve(sent, { requestCert: true }))).certificates.length, sent.length);
});

test("a message of more than 16 KB comes whole, and is known to be in pieces", async () => {
  const { sent } = chains[0]!;
  const big = await issue({ name: "Big", key: "rsa-8192" });
  const { certificates, messageBytes, isFragmented } = await fetchChain(await serve([sent[0]!, ...Array<Issued>(9).fill(big)]));
  assert.deepEqual({ count: certificates.length, isFragmented }, { count: 10, isFragmented: true });
  assert.ok(messageBytes > 16_384);
});

describe("a server that shows no certificate", () => {
  test("nothing listens", async () => {
    const { port } = await listenOnLoopback(net.createServer()).then(async (server) => { await server.stop(); return server; });
    const error = await failure(fetchChain({ host: LOOPBACK, port }));
    assert.equal(error.kind, "refused");
    assert.match(error.message, new RegExp(`Nothing listens at 127\\.0\\.0\\.1:${port}`));
  });

  test("it speaks HTTP without TLS", async () => {
    const address = await listen(http.createServer());
    const error = await failure(fetchChain(address));
    assert.equal(error.kind, "not-tls");
    assert.match(error.message, /not with TLS \(it begins with "HTTP\/1\.1 400/);
  });

  test("it closes, it is silent, it speaks TLS 1.3 only, it wants a name", async () => {
    const { sent } = chains[0]!;
    const closing = await failure(fetchChain(await listen(net.createServer((socket) => socket.end()))));
    const silent = await failure(fetchChain({ ...await listen(net.createServer(() => undefined)), timeoutMs: 50 }));
    const modern = await failure(fetchChain(await serve(sent, { minVersion: "TLSv1.3" })));
    const strict = await failure(fetchChain(await listen(net.createServer((socket) => {
      // A fatal alert unrecognized_name (RFC 6066 3).
      socket.once("data", () => socket.end(Buffer.from("15030300020270", "hex")));
    }))));
    assert.deepEqual([closing.kind, silent.kind, modern.kind, modern.alert, strict.kind, strict.alert], ["closed", "timeout", "alert", 70, "alert", 112]);
    assert.match(silent.message, /shows no certificate within 0\.05 s/);
    assert.match(modern.message, /refuses TLS 1\.2, and the board has no TLS 1\.3/);
    assert.match(strict.message, /give the name of the host/);
  });

  test("its answer is cut at any byte", async () => {
    const { sent } = chains[0]!;
    const address = await serve(sent);
    const whole = await new Promise<Buffer>((resolve) => {
      const pieces: Buffer[] = [];
      const proxy = net.createServer((client) => {
        const upstream = net.connect(address.port, address.host);
        upstream.on("data", (piece: Buffer) => pieces.push(piece)).on("error", () => undefined);
        upstream.on("close", () => resolve(Buffer.concat(pieces)));
        client.on("error", () => undefined).pipe(upstream);
        upstream.pipe(client);
      });
      void listen(proxy).then((at) => fetchChain(at));
    });
    for (const length of [1, 4, 5, 60, 200]) {
      const error = await failure(fetchChain(await listen(net.createServer((socket) => void socket.once("data", () => socket.end(whole.subarray(0, length)))))));
      assert.equal(error.kind, "closed", String(length));
    }
  });
});

describe("an intermediate that is not sent", () => {
  let answer: (response: http.ServerResponse) => void = () => undefined;
  let leaf: Issued;
  let root: Issued;
  let middle: Issued;

  async function setUp(): Promise<void> {
    const { port } = await listen(http.createServer((_request, response) => answer(response)));
    root = await issue({ name: "EC root", key: "p-384" });
    middle = await issue({ name: "Middle", key: "p-256", issuer: root });
    leaf = await issue({ name: HOST, key: "p-256-c", issuer: middle, hosts: [HOST], issuerUrl: `http://${LOOPBACK}:${port}/middle.der` });
  }

  test("is fetched from where the certificate says, and embedded, because the board does not fetch it", async () => {
    await setUp();
    answer = (response) => response.end(middle.der);
    const address = await serve([leaf]);
    const { choice } = await inspectServer({ ...address, serverName: HOST }, storeOf({ roots: [root] }), new Date());
    assert.equal(choice.chosen?.certificate.name, "Middle");
    assert.match(choice.faults.join(), /does not send its intermediate "Middle"/);
    assert.match(choice.candidates.at(-1)!.objection ?? "", /does not send what is between/);
  });

  test("is not believed unless it has signed, is short, and comes without a detour", async () => {
    await setUp();
    const stranger = await issue({ name: "Middle", key: "p-256-b", issuer: root });
    const answers: (typeof answer)[] = [
      (response) => response.end(stranger.der),
      (response) => response.end(Buffer.alloc(70_000, 0x30)),
      (response) => response.end("no certificate"),
      (response) => response.writeHead(302, { Location: "/other" }).end(),
      (response) => response.writeHead(404).end(),
      (response) => response.destroy(),
    ];
    for (const each of answers) {
      answer = each;
      assert.deepEqual(await fetchIssuers([leaf], storeOf({ roots: [root] })), []);
    }
  });

  test("is fetched as PEM too, and nothing is fetched where a root has signed", async () => {
    await setUp();
    let requests = 0;
    answer = (response) => { requests++; response.end(middle.pem); };
    assert.deepEqual((await fetchIssuers([leaf], storeOf({ roots: [root] }))).map(({ name }) => name), ["Middle"]);
    assert.deepEqual(await fetchIssuers([leaf, middle], storeOf({ roots: [root] })), []);
    assert.deepEqual(await fetchIssuers([leaf], storeOf({ roots: [middle] })), []);
    assert.equal(requests, 1);
  });
});
