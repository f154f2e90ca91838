import type { Scenario } from "./scenario.ts";
import { later, startTcp } from "./scenario-servers.ts";

/** What the server of a scenario does with a connection, and what the program must see (ESPRUINO-FACTS A and B). */
export const PLAIN_SCENARIOS: Scenario[] = [
  {
    name: "a request and its answer",
    start: () =>
      startTcp((socket) => {
        socket.once("data", (bytes) => later(() => socket.end(`re:${String(bytes)}`)));
      }),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function(x) {
  log("connect "+(x===s)+(this===s));
  s.write("hello");
});
watch(s);`,
    expected: ["connect truetrue", "drain", "drain", "data re:hello", "end", "close false"],
  },
  {
    name: "data that is there first comes before the connect callback",
    start: () => startTcp((socket) => socket.write("hello")),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); s.end(); });
watch(s); pause(150);`,
    expected: ["data hello", "connect", "drain", "end", "close false"],
  },
  {
    name: "a write before the callback is sent first",
    start: () => startTcp((socket) => void socket.once("data", (bytes) => later(() => socket.end(bytes)))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s); s.write("early");`,
    expected: ["drain", "connect", "drain", "data early", "end", "close false"],
  },
  {
    name: "a FIN that is there first: no connect callback",
    start: () => startTcp((socket) => socket.end()),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s); pause(150);`,
    expected: ["end", "close false"],
  },
  {
    name: "a FIN with writes pending is an error",
    start: () => startTcp((socket) => socket.end()),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s); pause(150); s.write("x".repeat(5000));`,
    expected: ["error -8 unsent data", "end", "close true"],
  },
  {
    name: "a reset with nothing to send looks like a FIN",
    start: () => startTcp((socket) => void socket.once("data", () => later(() => socket.resetAndDestroy()))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); s.write("go"); });
watch(s);`,
    expected: ["connect", "drain", "drain", "end", "close false"],
  },
  {
    name: "a reset with writes pending is an error",
    start: () => startTcp((socket) => later(() => socket.resetAndDestroy())),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); });
watch(s); pause(150); s.write("x".repeat(5000));`,
    expected: ["error -8 unsent data", "end", "close true"],
  },
  {
    name: "end() sends what is queued and loses the answer",
    start: () =>
      startTcp((socket, note) => {
        socket.on("data", (bytes) => {
          note(String(bytes));
          later(() => socket.write(bytes));
        });
      }),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function() { log("connect"); s.end("bye"); });
watch(s);`,
    expected: ["connect", "drain", "end", "close false"],
    serverSees: ["bye"],
  },
  {
    name: "data comes in pieces of 536 bytes",
    start: () => startTcp((socket) => socket.end("x".repeat(2000))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}); var sizes = [];
s.on("data", function(d) { sizes.push(d.length); });
s.on("close", function(e) { log(sizes.join()); log("close "+e); finish(); });
pause(150);`,
    expected: ["536,536,536,392", "close false"],
  },
  {
    name: "bytes above 127 arrive as they are",
    start: () => startTcp((socket) => socket.end(Buffer.from([0, 127, 128, 255]))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT});
s.on("data", function(d) { log([d.length, d.charCodeAt(0), d.charCodeAt(2), d.charCodeAt(3)].join()); });
s.on("close", function(e) { finish(); });`,
    expected: ["4,0,128,255"],
  },
  {
    name: "write sends the text of any value and returns false",
    start: () => startTcp((socket, note) => void socket.on("data", (bytes) => note(bytes.toString("latin1")))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT});
log([s.write([65,66]), s.write(undefined), s.write(null), s.write({}), s.write(new Uint8Array([65,200])),
  s.write(new Uint8Array([65,200]).buffer), s.write(12.5), s.write(true), s.write(), s.write("\\xff")].join());
s.on("close", function() { finish(); });
s.end();`,
    expected: ["false,false,false,false,false,false,false,false,false,false"],
    serverSees: ["65,66null[object Object]65,20065,20012.5true\xff"],
  },
  {
    name: "after close write throws and end is silent",
    start: () => startTcp((socket) => socket.end()),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT});
s.on("close", function() {
  log("conn "+s.conn);
  try { s.write("x"); } catch (e) { log(e.message); }
  log("end "+s.end());
  finish();
});`,
    expected: ["conn false", "This socket is closed", "end undefined"],
  },
  {
    name: "without a handler data waits for read() and holds close back",
    start: () => startTcp((socket) => socket.end("0123456789")),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT});
s.on("close", function(e) { log("close "+e); });
setTimeout(function() { log(s.available()+" "+s.read(4)+" "+s.available()+" "+s.read()+" "+s.available()); }, 150);
setTimeout(function() { finish(); }, 300);`,
    expected: ["close false", "10 0123 6 456789 0"],
  },
  {
    name: "after removeListener of the last handler data is thrown away; after removeAllListeners it is kept",
    start: () => startTcp((socket) => void socket.on("data", (bytes) => socket.write(bytes))),
    program: `
function f(d) { log("data "+d); }
var s = net.connect({host:"127.0.0.1",port:PORT});
s.on("data", f); s.removeListener("data", f); s.write("abc");
setTimeout(function() { log("available "+s.available()); s.removeAllListeners("data"); s.write("def"); }, 150);
setTimeout(function() { log("available "+s.available()); s.read(); s.end(); finish(); }, 300);`,
    expected: ["available 0", "available 3"],
  },
  {
    name: "data over 512 bytes without a handler is delivered again and again to a late one",
    start: () => startTcp((socket) => socket.write("x".repeat(3000))),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}); var count = 0;
setTimeout(function() {
  s.on("data", function(d) { count += d.length; });
  setTimeout(function() { log("repeated "+(count>6000)); s.end(); finish(); }, 100);
}, 150);`,
    expected: ["repeated true"],
  },
  {
    name: "on('connect') on a socket with a callback destroys both",
    start: () => startTcp(() => {}),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT}, function(x) { log("callback "+x); });
s.on("connect", function() { log("listener"); });
s.on("drain", function() { log("drain"); s.end(); });
s.on("close", function() { finish(); });`,
    expected: ["drain"],
    prints: ["Execution Interrupted during event processing."],
  },
  {
    name: "on('connect') works without a callback",
    start: () => startTcp(() => {}),
    program: `
var s = net.connect({host:"127.0.0.1",port:PORT});
log("on gives "+s.on("connect", function(x) { log("one "+(x===s)); }));
s.on("connect", function(x) { log("two "+(x===s)); s.end(); });
s.on("close", function() { finish(); });`,
    expected: ["on gives undefined", "one true", "two true"],
  },
  {
    name: "calls with wrong arguments only print",
    start: () => startTcp(() => {}),
    program: `
log([net.connect(), net.connect(80), net.connect(null), net.connect(80,"h",log)].join());
log([net.connect({port:PORT},null), net.connect({port:PORT},"x")].join());
finish();`,
    expected: [",,,", ","],
    prints: [
      "ERROR: Expecting Options to be an Object but it was undefined",
      "ERROR: Expecting Options to be an Object but it was Number",
      "ERROR: Expecting Options to be an Object but it was null",
      "ERROR: Expecting Options to be an Object but it was Number",
      "ERROR: Expecting Callback Function but got null",
      "ERROR: Expecting Callback Function but got String",
    ],
  },
  {
    name: "forms of the address",
    start: () => startTcp((socket) => socket.end()),
    program: `
function attempt(o) {
  try { net.connect(o).end(); log("ok"); }
  catch (e) { log(e.message+" "+(e instanceof InternalError)+(e instanceof Error)); }
}
attempt({port:PORT}); attempt({host:"localhost",port:""+PORT}); attempt({host:"127.0.0.1",port:PORT+65536});
attempt("tcp://localhost:"+PORT+"/"); attempt("localhost:"+PORT); attempt({host:"",port:PORT});
attempt({host:"127.0.0.1",port:1});
finish();`,
    expected: [
      "ok",
      "ok",
      "ok",
      "ok",
      "Unable to locate host truefalse",
      "Unable to locate host truefalse",
      "Unable to create socket truefalse",
    ],
    prints: ["ERROR: Connect failed (err 111)"],
  },
];
