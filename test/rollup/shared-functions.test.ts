import assert from "node:assert/strict";
import { test } from "node:test";
import { writeSharedFunctions } from "../../scripts/rollup/shared-functions.ts";

const CALLS = "parseInt(f,1);".repeat(8);

test("a function of the firmware that is called often gets a name", () => {
  assert.equal(writeSharedFunctions(CALLS), `var $0=parseInt;${CALLS.replaceAll("parseInt", "$0")}`);
  assert.match(writeSharedFunctions("a=Object.assign({},Object.assign({},b));".repeat(3)), /^var \$0=Object\.assign;a=\$0\(\{\},\$0\(/);
});

test("one that is called seldom, that the bundle replaces or that is its own keeps its name", () => {
  for (const code of ["parseInt(f,1);", `global.parseInt=f;${CALLS}`, `var parseInt=f;${CALLS}`, `function g(parseInt){${CALLS}}`, "a.parseInt(f,1);".repeat(8)]) {
    assert.equal(writeSharedFunctions(code), code);
  }
});

test("those of time keep their names", () => {
  for (const name of ["setTimeout", "clearTimeout", "getTime"]) assert.equal(writeSharedFunctions(`${name}(f,1);`.repeat(99)), `${name}(f,1);`.repeat(99));
});

test("no name is given that the bundle has", () => {
  assert.match(writeSharedFunctions(`var $0=1;${CALLS}`), /^var \$1=parseInt;var \$0=1;\$1\(/);
});
