import type { ScenarioServer } from "./scenario-servers.ts";

/** A program with its server, and what it must see. Runs on the node engine and on a real interpreter. */
export interface Scenario {
  name: string;
  start(): Promise<ScenarioServer>;
  /** `PORT` is the server's; `net`, `tls`, `dgram`, `log`, `watch`, `pause` and `finish` are there. */
  program: string;
  /** What the program logs, in order. */
  expected: string[];
  /** What the firmware itself prints, in order. */
  prints?: string[];
  /** What the server must have seen. */
  serverSees?: string[];
  /** Why a Linux build of the interpreter cannot run it. */
  notOnLinux?: string;
}

const MARK = "@ ";
const DONE = "@ done";

const PRELUDE = `
var net = require("net"), tls = require("tls"), dgram = require("dgram");
function log(text) { print("${MARK}" + text); }
function finish() { log("done"); }
function pause(ms) { var end = getTime() + ms / 1000; while (getTime() < end); }
function watch(socket) {
  socket.on("data", function(d) { log("data " + d); });
  socket.on("drain", function() { log("drain"); });
  socket.on("error", function(e) { log("error " + e.code + " " + e.message); });
  socket.on("end", function() { log("end"); });
  socket.on("close", function(e) { log("close " + e); setTimeout(finish, 20); });
}
`;

/** The scenario's whole program for a server on `port`. */
export function programFor(scenario: Scenario, port: number): string {
  return `${PRELUDE}var PORT = ${port};${scenario.program}\n`;
}

/** True when the output shows that the program has ended. */
export function isDone(lines: string[]): boolean {
  return lines.includes(DONE);
}

/** What the program logged. */
export function loggedIn(lines: string[]): string[] {
  return lines.filter((line) => line.startsWith(MARK) && line !== DONE).map((line) => line.slice(MARK.length));
}

/** What the firmware printed: its errors, warnings and uncaught exceptions. */
export function printedIn(lines: string[]): string[] {
  return lines.filter((line) => /^(ERROR|WARNING|Uncaught|Execution Interrupted|HTTPS)/.test(line));
}
