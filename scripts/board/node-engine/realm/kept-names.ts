/** What an ESP32's firmware has of the classes that this computer's engine has too (2v29, src/jswrap_*.c). */
export const KEPT_NAMES = {
  statics: {
    Object:
      "assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor " +
      "getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys setPrototypeOf values",
    Array: "isArray",
    String: "fromCharCode",
    Number: "MAX_VALUE MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY",
    Math:
      "abs acos asin atan atan2 ceil cos exp floor log max min pow random round sign sin sqrt tan " +
      "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2",
    Date: "now parse",
    JSON: "parse stringify",
    ArrayBuffer: "",
    Error: "stackTraceLimit prepareStackTrace",
  },
  methods: {
    Object: "hasOwnProperty toString valueOf __proto__",
    Array:
      "concat every fill filter find findIndex forEach includes indexOf join map pop push reduce reverse shift slice " +
      "some sort splice toString unshift length",
    String:
      "charAt charCodeAt concat endsWith includes indexOf lastIndexOf length match padEnd padStart repeat replace " +
      "replaceAll slice split startsWith substr substring toLowerCase toString toUpperCase trim valueOf",
    Number: "toFixed toString valueOf",
    Function: "apply bind call length name toString",
    RegExp: "exec test source flags global ignoreCase dotAll multiline sticky unicode hasIndices lastIndex",
    Date:
      "getDate getDay getFullYear getHours getIsDST getMilliseconds getMinutes getMonth getSeconds getTime " +
      "getTimezoneOffset " +
      "getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds " +
      "setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime toISOString " +
      "toJSON toString toUTCString valueOf",
  },
  typedArray:
    "every fill filter find findIndex forEach includes indexOf join map reduce reverse set slice some sort subarray " +
    "toString buffer byteLength byteOffset length",
  globals:
    "globalThis Object Function Array Number Boolean String Date RegExp Error TypeError ReferenceError SyntaxError " +
    "Promise JSON Math ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array " +
    "Uint32Array Float32Array Float64Array InternalError parseInt parseFloat isNaN isFinite NaN Infinity undefined " +
    "eval " +
    "encodeURIComponent decodeURIComponent",
};
