import assert from "node:assert/strict";
import { test } from "node:test";
import { shortNames } from "../../scripts/rollup/short-names.ts";

test("what is named most often gets the shortest name, variables and properties apart", () => {
  const many = Array.from({ length: 60 }, (_, index) => `var v${index}={p${index}:1};`).join("");
  const properties = Array.from({ length: 60 }, (_, index) => `p${index}`);
  const { vars, props } = shortNames(`${many}f(v59,v59,v59.p58,v59.p58)`, properties, []);
  assert.equal(vars.props["$v59"], "a");
  assert.equal(props.props["$p58"], "a");
  assert.equal(vars.props["$v58"]?.length, 2);
  assert.equal(new Set(Object.values(vars.props)).size, 60);
  assert.equal(vars.props["$f"], undefined);
});

test("names that something else has are not given, those of a function's own variables are", () => {
  const { vars, props } = shortNames("var long={first:1,a:2};function g(c){return a(c,long.first,A5)}", ["first"], ["b"]);
  assert.equal(vars.props["$long"], "c");
  assert.equal(props.props["$first"], "b");
});
