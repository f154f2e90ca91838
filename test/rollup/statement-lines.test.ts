import assert from "node:assert/strict";
import { test } from "node:test";
import { rollup } from "rollup";
import { statementLines } from "../../scripts/rollup/statement-lines.ts";

test("statementLines() gives each top-level statement a line, and leaves what is inside one alone", async () => {
  const source = 'function a(){f();g()}var b=";x";if(b){a();a()}else b=1;print(b)';
  assert.equal(await written(source), 'function a(){f();g()}\nvar b=";x";\nif(b){a();a()}else b=1;\nprint(b)\n');
});

test("a semicolon before a new line can be left out, unless the next line would be read as the rest of this one", async () => {
  const source = 'var a="x;";a=b;!function(){c();d()}();(function(){})();[1].map(f);g();';
  assert.equal(await written(source, false), 'var a="x;"\na=b\n!function(){c();d()}();\n(function(){})();\n[1].map(f)\ng();\n');
});

async function written(source: string, hasSemicolons?: boolean): Promise<string> {
  const main = { name: "main", resolveId: (id: string) => id, load: () => source };
  const minified = { name: "minified", renderChunk: () => ({ code: source, map: null }) };
  const bundle = await rollup({ input: "main", plugins: [main], onLog: () => {} });
  const { output } = await bundle.generate({ format: "es", plugins: [minified, statementLines(hasSemicolons)] });
  return output[0].code;
}
