// What a program sees of a refused certificate: the same on the node engine as on a real interpreter. The state is written through
// its window, so that a build without peek and poke can be asked too.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createAuthority, issueCertificate } from "../../../../scripts/cloud/certificate-authority.ts";
import { type NodeBoard, startJoinedBoard } from "../firmware/node-board.ts";
import { ESPRUINO_BIN, runOnInterpreter } from "../firmware/real-interpreter.ts";
import { loggedIn, programFor, type Scenario } from "../firmware/scenario.ts";
import { startTls } from "../firmware/scenario-servers.ts";

const authority = await createAuthority("authority");
const stranger = await createAuthority("stranger");
/** The name that the firmware asks for. */
const stock = await issueCertificate(authority, { commonName: "mbed TLS Server 1" });
const other = await issueCertificate(authority, { names: ["other.example"] });

const REFUSED = "exception mbedtls_ssl_handshake returned -0x2700";
const UNTRUSTED = "  ! The certificate is not correctly signed by the trusted CA\n";
const WRONG_NAME = "  ! The certificate Common Name (CN) does not match with the expected CN\n";

/** Up to 2.27 the word after the versions has the mode in bits 2 and 3, from 2.28 its third byte is the mode. */
function program(ca: Buffer, mode: number): string {
  return `
process.removeAllListeners("uncaughtException");
process.on("uncaughtException", function(e) { log("exception "+JSON.stringify(e.message).replace(/\\\\n/g,"|")); });
var s = tls.connect({host:"127.0.0.1",port:PORT,ca:atob("${ca.toString("base64")}")});
var w = new Uint32Array(E.toArrayBuffer(ssl[s.sckt-1])), i = w.indexOf(0x01030303);
w[i+1] = w[i+1] | (i*4 < w.length*4-50 ? ${mode << 16} : ${mode << 2});
watch(s);`;
}

function scenario(name: string, identity: typeof stock, ca: Buffer, mode: number, expected: string[]): Scenario {
  const certificate = { certPem: identity.pem, keyPem: identity.keyPem, certDer: identity.der, keyDer: Buffer.alloc(0) };
  const start = () => startTls(certificate, { maxVersion: "TLSv1.2" }, (socket) => socket.end("hello"));
  const lines = expected.map((line) => line.replace(/^exception (.*)$/s, (_all, text: string) => `exception "${text.replaceAll("\n", "|")}"`));
  return { name, start, program: program(ca, mode), expected: lines };
}

const ACCEPTED = ["drain", "data hello", "error -30848 unknown error", "end", "close true"];
const CLOSED = ["drain", "end", "close false"];

const SCENARIOS = [
  scenario("required, the right CA", stock, authority.der, 2, ACCEPTED),
  scenario("required, another CA", stock, stranger.der, 2, [...CLOSED, REFUSED]),
  scenario("required, another name", other, authority.der, 2, [...CLOSED, REFUSED]),
  scenario("optional, the right CA", stock, authority.der, 1, ACCEPTED),
  scenario("optional, another CA", stock, stranger.der, 1, [...CLOSED, `exception mbedtls_x509_crt_verify: ${UNTRUSTED}`]),
  scenario("optional, another name", other, authority.der, 1, [...CLOSED, `exception mbedtls_x509_crt_verify: ${WRONG_NAME}`]),
  scenario("optional, both wrong", other, stranger.der, 1, [...CLOSED, `exception mbedtls_x509_crt_verify: ${WRONG_NAME}${UNTRUSTED}`]),
];

describe("a server's certificate on the node engine", () => {
  let board: NodeBoard;
  before(async () => {
    board = await startJoinedBoard();
  });
  after(() => board.stop());
  for (const each of SCENARIOS) test(each.name, () => check(each, (code) => board.run(code)));
});

describe("a server's certificate on a real interpreter", () => {
  const skip = ESPRUINO_BIN === undefined ? "ESPRUINO_BIN is not set" : false;
  for (const each of SCENARIOS) test(each.name, { skip }, () => check(each, runOnInterpreter));
});

async function check(each: Scenario, run: (program: string) => Promise<string[]>): Promise<void> {
  const server = await each.start();
  try {
    assert.deepEqual(loggedIn(await run(programFor(each, server.port))), each.expected);
  } finally {
    await server.close();
  }
}
