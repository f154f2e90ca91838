import type { Scenario } from "./scenario.ts";
import { later, startUdp } from "./scenario-servers.ts";

/** The module dgram; measured on the real interpreter. */
export const DGRAM_SCENARIOS: Scenario[] = [
  {
    name: "a question and its answer",
    start: () => startUdp((bytes, answer) => later(() => answer(Buffer.concat([Buffer.from("re:"), bytes])))),
    program: `
var s = dgram.createSocket("udp4", function(x) { log("connect "+(x===s)); });
s.on("message", function(m, info) {
  log("message "+m+" "+info.address+" "+(info.port===PORT)+" "+info.size);
  s.close();
});
s.on("drain", function() { log("drain"); });
s.on("end", function() { log("end"); });
s.on("close", function(e) { log("close "+e); finish(); });
log("send "+s.send("hello", PORT, "localhost"));`,
    expected: [
      "send undefined",
      "drain",
      "connect true",
      "drain",
      "message re:hello 127.0.0.1 true 8",
      "end",
      "close false",
    ],
  },
  {
    name: "send with offset and length, and bytes above 127",
    start: () => startUdp((bytes, answer) => later(() => answer(bytes))),
    program: `
var s = dgram.createSocket({type:"udp4"});
s.on("message", function(m) { log(m.length+" "+m.charCodeAt(0)+" "+m.charCodeAt(1)); s.close(); });
s.on("close", function() { finish(); });
s.send("xx\\xc8\\x01xx", 2, 2, PORT, "127.0.0.1");`,
    expected: ["2 200 1"],
  },
  {
    name: "what is longer than 528 bytes is cut",
    start: () => startUdp((_bytes, answer) => later(() => answer(Buffer.alloc(1000, "z")))),
    program: `
var s = dgram.createSocket("udp4");
s.on("message", function(m, info) { log(m.length+" "+info.size); s.close(); });
s.on("close", function() { finish(); });
s.send("go", PORT, "127.0.0.1");`,
    expected: ["528 528"],
  },
  {
    name: "a bound socket closes twice",
    start: () => startUdp((bytes, answer) => later(() => answer(bytes))),
    program: `
var s = dgram.createSocket("udp4");
log("bind "+(s.bind(0, function(x) { log("bound "+(x===s)); s.send("hi", PORT, "127.0.0.1"); })===s));
s.on("message", function(m) { log("message "+m); s.close(); });
s.on("end", function() { log("end"); });
s.on("close", function(e) { log("close "+e); if (s.closed) finish(); s.closed = true; });`,
    expected: ["bind true", "bound true", "message hi", "end", "close false", "end", "close false"],
  },
  {
    name: "a port in use",
    start: () => startUdp(() => {}),
    program: `
var s = dgram.createSocket("udp4");
s.on("close", function(e) { log("close "+e); finish(); });
try { s.bind(PORT); log("ok"); } catch (e) { log(e.message); }`,
    expected: ["Unable to create socket", "close false"],
    prints: ["ERROR: Socket bind failed"],
  },
  {
    name: "after close send throws and close is silent",
    start: () => startUdp(() => {}),
    program: `
var s = dgram.createSocket("udp4");
s.on("close", function() {
  try { s.send("x", PORT, "127.0.0.1"); } catch (e) { log(e.message); }
  log("close "+s.close());
  finish();
});
s.close();`,
    expected: ["This socket is closed", "close undefined"],
  },
];
