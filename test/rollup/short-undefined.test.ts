import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rollup } from "rollup";
import { shortUndefined } from "../../scripts/rollup/short-undefined.ts";

async function shorten(code: string): Promise<string> {
  const main = { name: "main", resolveId: (id: string) => id, load: () => "print(1)" };
  const minified = { name: "minified", renderChunk: () => ({ code, map: null }) };
  const bundle = await rollup({ input: "main", plugins: [main] });
  const { output } = await bundle.generate({ format: "es", plugins: [minified, shortUndefined()] });
  return output[0].code.trim();
}

describe("shortUndefined()", () => {
  test("puts a variable in place of each void 0", async () => {
    const code = 'function f(t){return void 0===t?void 0:void 0!==t.a&&"void 0"}';
    assert.equal(await shorten(code), 'var $;function f(t){return $===t?$:$!==t.a&&"void 0"}');
  });

  test("leaves other uses of void alone", async () => {
    assert.equal(await shorten("void f();void 0;void 0;f(void 0)"), "var $;void f();$;$;f($)");
  });

  test("does nothing where it would not pay", async () => assert.equal(await shorten("f(void 0,void 0)"), "f(void 0,void 0)"));

  test("does nothing where the name is taken", async () => {
    for (const code of ["var $=1;f(void 0,void 0,void 0)", "function $(){}f(void 0,void 0,void 0)", "function f($){f(void 0,void 0,void 0)}"]) {
      assert.equal(await shorten(code), code);
    }
    assert.equal(await shorten("f.$(void 0,{$:void 0},void 0)"), "var $;f.$($,{$:$},$)");
  });
});
