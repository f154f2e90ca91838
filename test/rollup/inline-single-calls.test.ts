import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { writeInlined } from "../../scripts/rollup/inline-single-calls.ts";

/** What the code leaves in `r` before and after; `moves` says whether the function f is gone afterwards. */
function check(code: string, moves: boolean): void {
  const written = writeInlined(code);
  assert.equal(!/function f\(/.test(written), moves, written);
  const [before, after] = [code, written].map((each) => {
    const context = { r: [] as unknown[] };
    vm.runInNewContext(each, context);
    return JSON.stringify(context.r);
  });
  assert.equal(after, before, written);
}

test("a function called once moves to a call that is returned, with all its returns", () => {
  check("function f(a){if(a>1)return 'more';var b=a+1;return b}function g(b){return f(b)}r.push(g(1),g(2));", true);
  check("function f(a){r.push(a)}function g(b){return f(b)}r.push(g(1));", true);
});

test("to a call that is a statement, where its early returns have an else", () => {
  check("function f(a){if(a>1)return;r.push(a);if(a<0){r.push('below');return}r.push('end')}function g(b){f(b);r.push('after')}g(1);g(2);g(-1);", true);
  check("function f(a){for(;;){if(a++>3)return}}function g(b){f(b);r.push(b)}g(1);", false);
});

test("and to one whose result is used, where nothing happens before the call", () => {
  check("function f(a){if(a>2)return'many';if(a<0){r.push(a);return}return a*2}function g(c){var b=f(c);r.push(b)}g(1);g(3);g(-1);", true);
  check("function f(a){if(a>2)return a;r.push('few')}function g(){for(var i=4;i>=0;i--){if(f(i))r.push(i)}}g();", true);
  check("function f(a){for(;;){if(a++>3)return a}}function g(b){b=f(b);r.push(b)}g(1);", false);
  check("function f(a){var b=a*2;return b+1}function g(c){var b=f(c);if(b>3)r.push(b)}g(1);g(5);", true);
  check("function f(a){var b=a*2;return b+1}function g(c,o){o.b=[1].concat(f(c));r.push(o)}g(1,{});", false);
  check("function h(){r.push('h');return 1}function f(){r.push('f');return 2}function g(){return h()+f()}h();r.push(g());", false);
  check("function f(a){r.push('f');return a}function g(c){return c&&f(c)}r.push(g(0));", false);
});

test("a value that changes meanwhile is read when it was", () => {
  check("var n=1;function f(){n=5;return 1}function g(){return n+f()}r.push(g(),n);", false);
  check("var n=1;function f(a){n=5;return a}function g(){var b=f(n);return b+n}r.push(g());", true);
  check("function f(a){a++;r.push(a)}function g(b){f(b);r.push(b)}g(1);", true);
});

test("not into a loop where its variables would keep their values", () => {
  check("function f(a){var b;if(a)b=a;r.push(b)}function g(){for(var i=1;i>=0;i--)f(i);}g();", false);
  check("function f(a){var b=a*2;r.push(b)}function g(){for(var i=1;i>=0;i--){f(i)}}g();", true);
});

test("not a function that is used twice or as a value, that is large, that calls itself, or that has a this of its own", () => {
  check("function f(a){r.push(a)}function g(){f(1);f(2)}g();", false);
  check("function f(a){r.push(a)}function g(){[1].forEach(f)}g();", false);
  check(`function f(a){r.push(a);${"r.push(a);".repeat(80)}}function g(){f(1)}g();`, false);
  check("function f(a){if(a)f(a-1)}r.push(typeof f);", false);
  check("function f(){r.push(this===undefined)}function g(){f()}g();", false);
});

test("names of both stay apart, those in functions inside too", () => {
  check("function f(a){var b=a;return[1].map(function(c){return b+c})}function g(b){var c=f(b+1);r.push(c,b)}g(1);", true);
  check("function f(a){try{null.x}catch(e){r.push(a)}}function g(e){f(e);r.push(e)}g(1);", true);
});

test("not a function that speaks of something at the top whose name the caller has for another", () => {
  check("function h(){return 1}function f(a){r.push(a+h())}function g(h){f(h)}g(1);", false);
});
