import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { writeSharedStrings } from "../../scripts/rollup/shared-strings.ts";

const LONG = '"a text of some length"';

test("a text that stands there often gets a name", () => {
  const code = `var a=${LONG};var b=${LONG};var c=f(${LONG});`;
  assert.equal(writeSharedStrings(code), `var $a=${LONG};\nvar a=$a;var b=$a;var c=f($a);`);
});

test("one that would cost more with a name keeps its place", () => {
  for (const code of [`var a=${LONG};`, 'var a="x",b="x",c="x";']) assert.equal(writeSharedStrings(code), code);
});

test("keys of objects are left alone", () => {
  const code = `var a={${LONG}:1},b={${LONG}:2},c={${LONG}:3},d={${LONG}:4};`;
  assert.equal(writeSharedStrings(code), code);
});

test("names that the code has are not taken", () => {
  const code = `var $a=1,a=${LONG},b=${LONG},c=${LONG};`;
  assert.match(writeSharedStrings(code), /^var \$b=/);
});

test("words before a text stay words, and the code does what it did", () => {
  const code = `f=t=>{switch(t){case${LONG}:return${LONG};default:return typeof${LONG}}};g=()=>{throw${LONG}};r=f(${LONG})+f(1)`;
  const context = { r: "" };
  vm.runInNewContext(writeSharedStrings(code), context);
  assert.equal(context.r, "a text of some lengthstring");
});
