// ESLint's rules for code that runs on the board: what TypeScript accepts and the firmware cannot run, or runs differently.
// TypeScript compiles to ES5, so what only costs bytes there (destructuring, default values, `?.`) is allowed.
import type { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { checkedTimerId } from "./checked-timer-id.ts";
import { noCommentsInFunctions } from "./no-comments-in-functions.ts";
import { noGlobalSsl } from "./no-global-ssl.ts";
import { supportedRegex } from "./supported-regex.ts";

const DEVICE_FILES = ["modules/**/*.ts", "src/**/*.ts", "test/device/programs/**/*.ts", "scripts/selftest/program.ts", "scripts/bench/subjects/client.ts", "scripts/espruino-cli/boot-loader.js"];

/** Functions of `E` that move flat strings in memory, fatal while TLS is open; the files named may use one. */
const MOVING_FUNCTIONS: Record<string, string[]> = {
  defrag: [],
  toFlatString: [],
  openFile: ["modules/random.ts"],
};

const UNSUPPORTED_SYNTAX = [
  { selector: ":function[async=true]", message: "async functions do not run on the firmware. Use a callback or a Promise." },
  { selector: "AwaitExpression", message: "await does not run on the firmware. Use a callback or then()." },
  { selector: ":function[generator=true]", message: "Generators do not run on the firmware." },
  { selector: ":matches(ClassDeclaration, ClassExpression)[superClass]", message: "Class inheritance crashes on the firmware. Compose instead." },
  { selector: "ArrayExpression > SpreadElement", message: "Array spread crashes on the firmware. Use concat() or slice()." },
  { selector: "CallExpression[arguments.length>1] > SpreadElement", message: "A spread beside other arguments crashes on the firmware. Use apply()." },
  { selector: "ObjectExpression > SpreadElement", message: "Object spread needs a helper that the board does not have. Use Object.assign()." },
  { selector: "ObjectPattern > RestElement", message: "The rest of an object needs a helper that the board does not have. Name its properties." },
  { selector: "NewExpression > SpreadElement", message: "Spread in new crashes on the firmware." },
  { selector: "TaggedTemplateExpression", message: "Tagged templates are a SyntaxError on the firmware." },
  { selector: "AssignmentExpression[left.property.name='length']", message: "The firmware cannot assign to length. Make a new array." },
  {
    selector: "CallExpression[callee.property.name=/^(indexOf|includes)$/][callee.object.type!='ArrayExpression'][arguments.0.value=/^..+/s]",
    message: "The firmware finds a text whose first part stands at the end of the string (2v29). Search one character, or use a regular expression.",
  },
  { selector: "UpdateExpression[argument.property.name='length']", message: "The firmware cannot assign to length. Make a new array." },
];

const MISSING_GLOBALS = ["Symbol", "Map", "Set", "WeakMap", "WeakSet", "Proxy", "Reflect", "BigInt", "RangeError", "queueMicrotask"];

/** Config entries for the board's code; typescript-eslint's parser and plug-in have to be set up by an entry before them. */
export function deviceConfig(): Linter.Config[] {
  const withExceptions = [...new Set(Object.values(MOVING_FUNCTIONS).flat())];
  return [
    { files: DEVICE_FILES, plugins: devicePlugins(), rules: deviceRules() },
    ...withExceptions.map((file) => ({ files: [file], rules: { "no-restricted-properties": movingFunctions(file) } })),
  ];
}

function devicePlugins(): Linter.Config["plugins"] {
  const rules = {
    "checked-timer-id": checkedTimerId,
    "no-comments-in-functions": noCommentsInFunctions,
    "no-global-ssl": noGlobalSsl,
    "supported-regex": supportedRegex,
  };
  return { device: { rules }, "@typescript-eslint": tseslint.plugin as never };
}

function deviceRules(): Linter.RulesRecord {
  return {
    "default-case-last": "error",
    "no-labels": "error",
    "no-loop-func": "error",
    "no-restricted-globals": ["error", ...MISSING_GLOBALS.map((name) => ({ name, message: "The firmware does not have it." }))],
    "no-restricted-properties": movingFunctions(),
    "no-restricted-syntax": ["error", ...UNSUPPORTED_SYNTAX],
    "@typescript-eslint/no-use-before-define": ["error", { functions: true, classes: true, variables: false, ignoreTypeReferences: true }],
    // The firmware takes a / or - in a class for its end or a range unless escaped.
    "no-useless-escape": "off",
    // The firmware's values are only partly typed, and its modules come from require().
    "@typescript-eslint/no-explicit-any": "off",
    "@typescript-eslint/no-require-imports": "off",
    "device/checked-timer-id": "error",
    "device/no-comments-in-functions": "error",
    "device/no-global-ssl": "error",
    "device/supported-regex": "error",
  };
}

function movingFunctions(file?: string): Linter.RuleEntry {
  const forbidden = Object.keys(MOVING_FUNCTIONS).filter((name) => file === undefined || !MOVING_FUNCTIONS[name]?.includes(file));
  const message = "It may move flat strings in memory, which is fatal while TLS is open.";
  return ["error", ...forbidden.map((property) => ({ object: "E", property, message }))];
}
