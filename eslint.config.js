// The board's rules are TypeScript, which neither `npx eslint` nor an editor can import by itself.
import tseslint from "typescript-eslint";
import { tsImport } from "tsx/esm/api";

const { deviceConfig } = await tsImport("./scripts/eslint/device-config.ts", import.meta.url);

export default [
  { ignores: [".test-bundles/", "dist/", "node_modules/", "types/", "test/fixtures/", "test/build/**/_expected.js"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-cond-assign": "error",
      "no-constant-condition": ["error", { checkLoops: false }],
      "no-debugger": "error",
      "no-dupe-else-if": "error",
      "no-duplicate-case": "error",
      "no-empty": "error",
      "no-fallthrough": "error",
      "no-invalid-regexp": "error",
      "no-self-assign": "error",
      "no-sparse-arrays": "error",
      "no-unreachable": "error",
      "no-unsafe-finally": "error",
      "no-useless-escape": "error",
      "use-isnan": "error",
      // The TypeScript compiler reports these itself.
      "@typescript-eslint/no-unused-vars": "off",
    },
  },
  // JavaScript under scripts/ is loaded by the firmware, whose modules come from require().
  { files: ["scripts/**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  ...deviceConfig(),
];
