import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { writeArrowFunctions } from "../../scripts/rollup/arrow-functions.ts";

test("a function that only returns becomes an expression, without var in a program and with it in a module", () => {
  assert.equal(writeArrowFunctions("function f(a){return a+1}", ""), "f=a=>a+1;");
  assert.equal(writeArrowFunctions("function f(a,b){return a+b}", "var "), "var f=(a,b)=>a+b;");
  assert.equal(writeArrowFunctions("function f(){g()}", ""), "f=()=>g();");
});

test("other bodies keep their braces; sequences and objects get parentheses", () => {
  assert.equal(writeArrowFunctions("function f(a){if(a)return 1;g()}", ""), "f=a=>{if(a)return 1;g()};");
  assert.equal(writeArrowFunctions("function f(a){return g(),a}", ""), "f=a=>(g(),a);");
  assert.equal(writeArrowFunctions("function f(a){return{a:a}}", ""), "f=a=>({a:a});");
  assert.equal(writeArrowFunctions("function f(){return}", ""), "f=()=>{return};");
});

test("functions with a this or arguments of their own stay as they are", () => {
  for (const code of ["function f(){return this.a}", "function f(){return arguments[0]}"]) {
    assert.equal(writeArrowFunctions(code, ""), code);
  }
});

test("so do functions inside, but for those in tables at the top", () => {
  assert.equal(writeArrowFunctions("var a=[function(b){return b},function(){return this}];", ""), "var a=[b=>b,function(){return this}];");
  assert.equal(writeArrowFunctions("f(function(){return 1});", ""), "f(function(){return 1});");
});

test("the code does what it did", () => {
  const code = "function f(a){return a*2}function g(a){r.push(f(a))}var t=[function(a){g(a)}];t[0](21);";
  const context = { r: [] as number[] };
  vm.runInNewContext(writeArrowFunctions(code, ""), context);
  assert.deepEqual([...context.r], [42]);
});
