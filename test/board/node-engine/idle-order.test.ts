import assert from "node:assert/strict";
import { test } from "node:test";
import { startSession } from "./board-session.ts";

test("timers of a pass run before promise reactions", async (context) => {
  const board = await startSession(context);
  board.type(
    "\x10Promise.resolve().then(function(){print('then1')}).then(function(){print('then2')});" +
      "setTimeout(function(){print('timer1');Promise.resolve().then(function(){print('micro')});" +
      "print('timer1 end')},0);" +
      "setTimeout(function(){print('timer2')},0);print('sync')\n",
  );
  const order = (await board.until(/micro\r\nthen2\r\n>/)).match(/sync|timer1 end|timer\d|then\d|micro/g);
  assert.deepEqual(order, ["sync", "timer1", "timer1 end", "timer2", "then1", "micro", "then2"]);
});

test("timers that are due together run in the order of creation", async (context) => {
  const board = await startSession(context);
  board.type(
    "\x10setTimeout(function(){print('a20')},20);setTimeout(function(){print('b10')},10);var t=getTime();" +
    "while(getTime()-t<0.05);\n",
  );
  assert.match(await board.until(/b10\r\n/), /a20\r\nb10/);
});

test("missed turns of an interval are made up for", async (context) => {
  const board = await startSession(context);
  board.type("\x10var n=0,i=setInterval(function(){n++},50);setTimeout(function(){var t=getTime();while(getTime()-t<1.02);" +
    "setTimeout(function(){print('turns',n,'.');clearInterval(i)},500)},1);\n");
  const [, turns] = /turns (\d+) \./.exec(await board.until(/turns \d+ \./)) ?? [];
  // 20 were missed; without them there would be 10 or 11 in the 500 ms.
  assert.ok(Number(turns) >= 20, `${turns} turns`);
});

test("emit is asynchronous, and a listener added during the event is not called for it", async (context) => {
  const board = await startSession(context);
  board.type(
    "\x10var o={};o.on('e',function(a){print('first',a);o.on('e',function(){print('added')})});" +
    "o.on('e',function(){print('second',this===o)});" +
      "print(o.emit('e',1));print('sync')\n",
  );
  assert.match(await board.until(/second true\r\n>/), /undefined\r\nsync\r\n.*first 1\r\nsecond true\r\n>$/s);
});

test("emit with five arguments throws and still fires with four", async (context) => {
  const board = await startSession(context);
  board.type("\x10var o={};o.on('e',function(){print(arguments.length)});" +
      "try{o.emit('e',1,2,3,4,5)}catch(e){print(e.toString())}\n");
  assert.match(await board.until(/\n.*4\r\n/), /TypeError: Too many arguments \(>4\)\r\n.*4/s);
});

test("of several exceptions in a pass the last is printed", async (context) => {
  const board = await startSession(context);
  board.type("\x10var o={};o.on('e',function(){throw 1});o.on('e',function(){throw 2});o.emit('e')\n");
  const printed = await board.until(/Uncaught \d\r\n>/);
  assert.match(printed, /Uncaught 2/);
  assert.doesNotMatch(printed, /Uncaught 1/);
});

test("uncaughtException takes exceptions, an empty list hides them, removeAllListeners shows them again", async (context) => {
  const board = await startSession(context);
  await board.run("function f(e){print('caught',e)};process.on('uncaughtException',f)");
  const fail = async (value: number) => {
    board.type(`\x10setTimeout(function(){throw ${value}},0);setTimeout(function(){print('after')},20)\n`);
    return board.until(/after\r\n>/);
  };
  assert.match(await fail(1), /caught 1\r\n/);
  await board.run("process.removeListener('uncaughtException',f)");
  assert.doesNotMatch(await fail(2), /caught|Uncaught/);
  await board.run("process.removeAllListeners('uncaughtException')");
  assert.match(await fail(3), /Uncaught 3\r\n/);
  await board.run("process.on('uncaughtException',function(){throw 'own'})");
  assert.match(await fail(4), /Uncaught own\r\n/);
});

test("an unhandled rejection is an exception; a promise has no finally", async (context) => {
  const board = await startSession(context);
  board.type("\x10Promise.reject('nobody');print(typeof Promise.race,typeof Promise.prototype.finally)\n");
  assert.match(await board.until(/Uncaught.*\r\n>/), /undefined undefined\r\n.*Uncaught Error: Unhandled promise rejection: nobody/s);
});

test("promises chain, follow thenables and wait for all", async (context) => {
  const board = await startSession(context);
  board.type(
    "\x10new Promise(function(res,rej){res(1);" +
    "rej(2)}).then(function(v){return new Promise(function(r){setTimeout(function(){r(v+1)},1)})})" +
      ".then(function(v){throw v}).catch(function(v){return Promise.all([v,Promise.resolve(5),{then:1}])})" +
      ".then(function(v){print('got',v.length,v[0],v[1])})\n",
  );
  await board.until(/got 3 2 5\r\n/);
});

test("timers: ids, clearing, refusals, arguments, this", async (context) => {
  const board = await startSession(context);
  const printed = await board.run(
    "print(setTimeout(print,9999),setInterval(print,9999));clearTimeout(null);clearTimeout('x');clearInterval(1);" +
      "try{clearTimeout(undefined)}catch(e){print(e.message)};try{setTimeout()}catch(e){print(e.message)};" +
      "try{setTimeout(print,Infinity)}catch(e){print(e.message)};print(global['\\xff'].timers.length);" +
      "clearTimeout();print(global['\\xff'].timers)",
  );
  assert.equal(
    printed,
    "1 2\nclearTimeout(undefined) not allowed. Use clearTimeout() instead\nFunction or String not supplied!\n" +
      "Interval is too long (>100 years)\n3\n[  ]\n",
  );
  board.type("\x10setTimeout(function(a,b){print('args',a,b,this===global)},1,'x','y')\n");
  await board.until("args x y true");
});

test("setTime moves the clock, which starts in 1970, and leaves timers alone", async (context) => {
  const board = await startSession(context);
  assert.match(await board.run("print(Date.now()<1e6)"), /true/);
  board.type("\x10setTimeout(function(){print('timer',new Date().getFullYear())},30);setTime(1.8e9)\n");
  await board.until("timer 2027");
});
