import assert from "node:assert/strict";
import { test } from "node:test";
import { rollup } from "rollup";
import { statementLines } from "../../scripts/rollup/statement-lines.ts";

test("statementLines() gives each top-level statement a line, and leaves what is inside one alone", async () => {
  const source = 'function a(){f();g()}var b=";x";if(b){a();a()}else b=1;print(b)';
  const main = { name: "main", resolveId: (id: string) => id, load: () => source };
  const minified = { name: "minified", renderChunk: () => ({ code: source, map: null }) };
  const bundle = await rollup({ input: "main", plugins: [main], onLog: () => {} });
  const { output } = await bundle.generate({ format: "es", plugins: [minified, statementLines()] });
  assert.equal(output[0].code, 'function a(){f();g()}\nvar b=";x";\nif(b){a();a()}else b=1;\nprint(b)\n');
});
