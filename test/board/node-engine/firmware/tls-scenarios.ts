import type { Scenario } from "./scenario.ts";
import { createIdentity } from "./scenario-certificates.ts";
import { later, startTcp, startTls } from "./scenario-servers.ts";

const server = await createIdentity("localhost");
const stranger = await createIdentity("stranger.example");
const client = await createIdentity("board.example");

const TLS_1_2 = { maxVersion: "TLSv1.2" } as const;
const APPLICATION_DATA_RECORD = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 40]), Buffer.alloc(40, 0x55)]);
/** Alert record: fatal, handshake_failure (RFC 5246, 7.2). */
const HANDSHAKE_FAILURE = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const CLOSE_NOTIFY = "error -30848 unknown error";

/** ESPRUINO-FACTS A, "TLS", and FIRMWARE-TLS 1. */
export const TLS_SCENARIOS: Scenario[] = [
  {
    name: "the connect callback comes before the handshake, drain after it",
    start: () =>
      startTls(server, TLS_1_2, (socket) => {
        socket.once("data", (bytes) => later(() => socket.end(`re:${String(bytes)}`)));
      }),
    program: `
var k;
var s = tls.connect({host:"127.0.0.1",port:PORT}, function(x) {
  log("connect "+(x===s)+" "+ssl[k].charCodeAt(4));
  s.write("hello");
});
k = s.sckt-1; log("state "+(Object.keys(ssl)[0]==k)+" "+ssl[k].charCodeAt(4)+" "+(ssl[k].charCodeAt(0)==k));
s.on("drain", function() { log("drain "+ssl[k].charCodeAt(4)); });
s.on("data", function(d) { log("data "+d); });
s.on("error", function(e) { log("error "+e.code+" "+e.message); });
s.on("end", function() { log("end"); });
s.on("close", function(e) { log("close "+e+" "+Object.keys(ssl).length); finish(); });`,
    expected: [
      "state true 1 true",
      "connect true 1",
      "drain 1",
      "drain 0",
      "data re:hello",
      CLOSE_NOTIFY,
      "end",
      "close true 0",
    ],
  },
  {
    name: "a write before the callback waits for the handshake",
    start: () =>
      startTls(server, TLS_1_2, (socket) => {
        socket.once("data", (bytes) => later(() => socket.end(bytes)));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s); s.write("early");`,
    expected: ["connect", "drain", "data early", CLOSE_NOTIFY, "end", "close true"],
  },
  {
    name: "a close without close_notify looks clean",
    start: () =>
      startTls(server, TLS_1_2, (socket, raw) => {
        socket.once("data", () => later(() => socket.write("half", () => raw.end())));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { s.write("go"); });
watch(s);`,
    expected: ["drain", "drain", "data half", "end", "close false"],
  },
  {
    name: "a reset looks clean too",
    start: () =>
      startTls(server, TLS_1_2, (socket, raw) => {
        socket.once("data", () => later(() => raw.resetAndDestroy()));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { s.write("go"); });
watch(s);`,
    expected: ["drain", "drain", "end", "close false"],
  },
  {
    name: "end() sends what is queued, and no close_notify",
    start: () =>
      startTls(server, TLS_1_2, (socket, raw, note) => {
        socket.once("data", (bytes) => {
          const before = raw.bytesRead;
          raw.once("close", () => note(`${String(bytes)}, then ${raw.bytesRead - before} bytes`));
        });
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); s.end("bye"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    serverSees: ["bye, then 0 bytes"],
  },
  {
    name: "a server that wants TLS 1.3",
    start: () => startTls(server, { minVersion: "TLSv1.3" }, () => {}),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    prints: ["Uncaught InternalError: mbedtls_ssl_handshake returned -0x7780"],
  },
  {
    name: "a fatal alert in the handshake, data pending",
    start: () => startTcp((socket) => void socket.once("data", () => later(() => socket.write(HANDSHAKE_FAILURE)))),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
process.on("uncaughtException", function(e) {
  log("uncaught "+e.message);
  process.removeAllListeners("uncaughtException");
});
watch(s); s.write("lost");`,
    expected: [
      "connect",
      "error -8 unsent data",
      "end",
      "close true",
      "uncaught mbedtls_ssl_handshake returned -0x7780",
    ],
  },
  {
    name: "no TLS on the port",
    start: () =>
      startTcp((socket) => {
        socket.once("data", () => later(() => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    prints: ["Uncaught InternalError: mbedtls_ssl_handshake returned -0x7200"],
  },
  {
    name: "a close in the handshake",
    start: () => startTcp((socket) => void socket.once("data", () => later(() => socket.end()))),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    prints: ["Uncaught InternalError: mbedtls_ssl_handshake returned -0x1"],
  },
  {
    name: "a reset in the handshake",
    start: () => startTcp((socket) => void socket.once("data", () => later(() => socket.resetAndDestroy()))),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    prints: ["Uncaught InternalError: mbedtls_ssl_handshake returned -0x1"],
  },
  {
    name: "a server that is silent in the handshake: nothing happens",
    start: () => startTcp(() => {}),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
s.on("data", log);
s.on("close", function() { finish(); });
setTimeout(function() { log("still "+ssl[s.sckt-1].charCodeAt(4)); s.end(); }, 300);`,
    expected: ["connect", "still 1"],
  },
  {
    name: "a record with a wrong MAC",
    start: () =>
      startTls(server, TLS_1_2, (socket, raw) => {
        socket.once("data", () => later(() => raw.write(APPLICATION_DATA_RECORD)));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { s.write("go"); });
watch(s);`,
    expected: ["drain", "drain", "error -29056 unknown error", "end", "close true"],
  },
  {
    name: "garbage in the session",
    start: () =>
      startTls(server, TLS_1_2, (socket, raw) => {
        socket.once("data", () => later(() => raw.write("this is no record at all")));
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { s.write("go"); });
watch(s);`,
    expected: ["drain", "drain", "error -29184 unknown error", "end", "close true"],
  },
  {
    name: "pieces of 536 bytes, never across two records",
    start: () =>
      startTls(server, TLS_1_2, (socket) => {
        socket.once("data", () => {
          socket.write("a".repeat(100), () => socket.end("b".repeat(1000)));
        });
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT}, function() { s.write("go"); }); var sizes = [];
s.on("data", function(d) { sizes.push(d.length); });
s.on("close", function() { log(sizes.join()); finish(); });`,
    expected: ["100,536,464"],
  },
  {
    name: "any certificate is accepted, whatever ca is",
    start: () => startTls(server, TLS_1_2, (socket) => socket.end("secret")),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT,ca:atob("${stranger.certDer.toString("base64")}")});
s.on("data", function(d) { log("data "+d); });
s.on("close", function(e) { log("close "+e); finish(); });`,
    expected: ["data secret", "close true"],
  },
  {
    name: "what is no DER throws, and a short text is a file name",
    start: () => startTcp(() => {}),
    program: `
function attempt(o) {
  o.host = "127.0.0.1"; o.port = PORT;
  try { tls.connect(o); log("ok"); } catch (e) { log(e.message+" "+(e instanceof InternalError)); }
}
attempt({ca:"x".repeat(101)}); attempt({cert:"x".repeat(101)}); attempt({key:"x".repeat(101)});
attempt({ca:function() { return "short"; }}); attempt({ca:"short.der"}); attempt({ca:null});
attempt({ca:${JSON.stringify(server.certPem)}});
finish();`,
    expected: [
      "HTTPS init failed! mbedtls_x509_crt_parse of 'ca': Invalid format true",
      "HTTPS init failed! mbedtls_x509_crt_parse of 'cert': Invalid format true",
      "HTTPS init failed! mbedtls_pk_parse_key: Invalid format true",
      "HTTPS init failed! mbedtls_x509_crt_parse of 'ca': Invalid format true",
      "Could not open file : UNKNOWN false",
      "Expecting Number or iterable, got null false",
      "HTTPS init failed! mbedtls_x509_crt_parse of 'ca': Invalid format true",
    ],
    prints: ['WARNING: File "short.der" not found'],
  },
  {
    name: "DER as text, buffer, array and function",
    start: () => startTcp(() => {}),
    program: `
var der = atob("${server.certDer.toString("base64")}");
var forms = [der, E.toUint8Array(der), E.toUint8Array(der).buffer, function() { return der; }];
function attempt() {
  var s = tls.connect({host:"127.0.0.1",port:PORT,ca:forms.shift()});
  log("ok");
  s.on("close", function() { if (forms.length) attempt(); else finish(); });
  s.end();
}
attempt();`,
    expected: ["ok", "ok", "ok", "ok"],
  },
  {
    name: "mutual TLS",
    start: () =>
      startTls(server, { ...TLS_1_2, requestCert: true, rejectUnauthorized: false }, (socket, _raw, note) => {
        note(`client ${String(socket.getPeerCertificate().subject?.CN)}`);
        socket.end("hello");
      }),
    program: `
var cert = atob("${client.certDer.toString("base64")}"), key = atob("${client.keyDer.toString("base64")}");
var s = tls.connect({host:"127.0.0.1",port:PORT,cert:cert,key:key});
s.on("data", function(d) { log("data "+d); });
s.on("close", function(e) { log("close "+e); finish(); });`,
    expected: ["data hello", "close true"],
    serverSees: ["client board.example"],
  },
  {
    name: "the server name is the firmware's own",
    start: () =>
      startTls(server, {}, (socket, _raw, note) => {
        note(`${String(socket.servername)} ${String(socket.getProtocol())} ${socket.getCipher().name}`);
        socket.end();
      }),
    program: `
var s = tls.connect({host:"127.0.0.1",port:PORT});
s.on("close", function(e) { finish(); });`,
    expected: [],
    serverSees: ["mbed TLS Server 1 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"],
    notOnLinux: "the Linux build's TLS library has no SNI and no ECDHE",
  },
];
