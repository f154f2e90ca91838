// Joins networks, loses them, leaves them.
import { isJoined, join, leave } from "../../../modules/wifi";
import type { BoardError } from "../../../modules/errors";
import { answer, offer } from "./answer";
import { boardState } from "./board-state";
import { hurry } from "./hurry";

declare const Modules: { addCached(name: string, source: string): void };
declare const global: any;

// What shut the telnet server, and what the scripted WiFi was asked.
global.seen = {};
let calls = 0;

function report(startS: number, error: BoardError | undefined): void {
  calls++;
  if (calls > 1) return;
  const tookMs = Math.round((getTime() - startS) * 1000);
  setTimeout(() => answer({ error, calls, tookMs, isJoined: isJoined(), ip: require("Wifi").getIP().ip, seen: global.seen }), 100);
}

offer("joinNetwork", (wifi: any) => {
  calls = 0;
  const startS = getTime();
  join({ wifi }, (error: BoardError | undefined) => report(startS, error));
});

offer("loseNetwork", () => {
  const wifi: any = require("Wifi");
  if (wifi.loseLink) wifi.loseLink();
  else wifi.disconnect();
  answer(0);
});

offer("leaveNetwork", () => {
  leave();
  setTimeout(() => answer({ isJoined: isJoined(), timers: boardState().timers }), 100);
});

// A WiFi that associates or not, and calls back when it is far too late.
const SCRIPTED_WIFI = `
exports.getIP=function(){return{ip:"0.0.0.0"}};
exports.disconnect=function(){seen.disconnects=(seen.disconnects||0)+1};
exports.connect=function(ssid,options,callback){
if(script.associates)exports.emit("associated",{});
setTimeout(callback,40000,null)};`;

offer("scriptWifi", (script: { associates: boolean }) => {
  global.script = script;
  Modules.addCached("Wifi", SCRIPTED_WIFI);
  answer(0);
});

// A join that is overtaken by another one, or by leave().
offer("overtakeJoin", (question: { wifi: any; byLeaving: boolean }) => {
  const ends: string[] = [];
  join({ wifi: question.wifi }, (error: BoardError | undefined) => ends.push("first " + (error ? error.code : "joined")));
  if (question.byLeaving) leave();
  else join({ wifi: question.wifi }, (error: BoardError | undefined) => ends.push("second " + (error ? error.code : "joined")));
  setTimeout(() => answer({ ends, isJoined: isJoined(), timers: boardState().timers }), 400);
});

offer("look", () => setTimeout(() => answer(boardState()), 0));

Modules.addCached("TelnetServer", "exports.setOptions=function(options){seen.telnet=options.mode};");
offer("hurry", (timesAsFast: number) => {
  hurry(timesAsFast);
  answer(0);
});

answer("ready");
