// What is JSON (RFC 8259) and what is not, after the kinds of cases of Nicolas Seriot's "Parsing JSON is a minefield". Bytes as characters.

const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");

/** JSON texts. What each is worth is what JSON.parse of the computer says, with strings as bytes, unless it says so here. */
export const VALID: { text: string; value?: unknown }[] = [
  ..."0|-0|1|-1|10|123|0.5|-0.5|10.25|1.0|0.0|1e5|1E5|1e+5|1e-5|0e0|0e+1|-1.5E-2|123e45|100000000000000|0.1e1".split("|").map((text) => ({ text })),
  { text: "12345678901234567890", value: 12345678901234567000 },
  { text: "-12345678901234567890", value: -12345678901234567000 },
  ...["true", "false", "null", " true ", "\t\n\r 1 \r\n\t", "[]", "{}", "[ ]", "{ }", " [ \n ] ", "\r{\t}\n"].map((text) => ({ text })),
  ...["[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[[]],{}]", '[{},"",0,null,true,false]', "[1\n,\n2]", '["a","b"]', '["a, b","c]"]'].map((text) => ({ text })),
  ...['{"a":1}', '{"a":"b"}', '{ "a" : 1 , "b" : 2 }', '{"a":{"b":{"c":[1,{"d":2}]}}}', '{"":0}', '{"":{"":[""]}}', '{"a":[],"b":{},"c":""}', '{"x y":1,"{":"}","[":"]"}'].map((text) => ({ text })),
  ...['""', '" "', '"a"', '"a b"', '"/"', '"\\/"', '"\\\\"', '"\\""', '"\\b\\f\\n\\r\\t"', '"\\\\\\""', '"a\\\\"', '"\x7f"', "\"'\"", '"//"', '"/* */"', '"[{,:}]"', '"\\u0041\\u007e\\u007f"', '"\\u0000\\u001f"', '"\\u0022\\u005c\\u005C"', '"\\u002F"'].map((text) => ({ text })),
  { text: bytesOf('"é€😀"'), value: bytesOf("é€😀") },
  { text: '"\\u00e9\\u20AC\\uffff"', value: bytesOf("é€\uffff") },
  { text: '"\\ud83d\\ude00"', value: bytesOf("😀") },
  { text: '"\\uD83D\\uDE00x\\udbff\\udfff\\ud800\\udc00"', value: bytesOf("😀x\u{10ffff}\u{10000}") },
  // Halves of a surrogate pair.
  { text: '"\\ud83d"', value: bytesOf("\ufffd") },
  { text: '"\\ude00"', value: bytesOf("\ufffd") },
  { text: '"\\ude00\\ud83d"', value: bytesOf("\ufffd\ufffd") },
  { text: '"\\ud83d\\ud83d\\ude00"', value: bytesOf("\ufffd😀") },
  { text: '"\\ud83dx"', value: bytesOf("\ufffdx") },
  { text: '"\\ud83d\\n\\ude00"', value: bytesOf("\ufffd\n\ufffd") },
  { text: '"\\ud83d\\u0041"', value: bytesOf("\ufffdA") },
  { text: bytesOf('{"\\u00e9é":"\\u00e9"}'), value: { [bytesOf("éé")]: bytesOf("é") } },
  // Bytes that are no UTF-8 are passed on.
  { text: '"\xff\xc3"', value: "\xff\xc3" },
  { text: '{"__proto__":1,"a":{"__proto__":{"b":2}}}', value: { "__proto__ ": 1, a: { "__proto__ ": { b: 2 } } } },
  { text: '{"\\u005f_proto__":1}', value: { "__proto__ ": 1 } },
  { text: '{"a__proto__":1,"__proto__a":2,"b":"__proto__","c":["__proto__"]}' },
];

/** What is no JSON, and the offset where it shows; for `-1` that is the end, because it is incomplete. */
export const INVALID: [text: string, offset: number][] = [
  ["", -1], [" ", -1], ["[", -1], ["{", -1], ["[1", -1], ["[1,", -1], ['{"a"', -1], ['{"a":', -1], ['{"a":1', -1], ['{"a":1,', -1], ['"', -1], ['"a', -1], ['"\\', -1], ['"\\u', -1], ['"\\u12', -1], ['["a', -1], ['"\\ud83d', -1],
  ["]", 0], ["}", 0], [",", 0], [":", 0], ["'a'", 0], ["`a`", 0], ["a", 0], ["\xef\xbb\xbf1", 0], ["\x00", 0], ["\x0b1", 0], ["\x0c1", 0], ["\xa01", 0], ["\\u0031", 0], ["/**/1", 0], ["#1", 0], ["<1>", 0], ["(1)", 0],
  ["1 2", 2], ["1,", 1], ["{}{}", 2], ["[]]", 2], ["{}}", 2], ["[] x", 3], ['""x', 2], ["1//x", 1], ["null\x00", 4], ["1\xa0", 1],
  ["[,]", 1], ["[,1]", 1], ["[1,]", 3], ["[1,,2]", 3], ["[1 2]", 3], ["[1:2]", 2], ["[1}", 2], ["[[]", -1], ["[}", 1], ["['a']", 1], ["[1,\n]", 4], ["[\x0b]", 1], ["[1/**/]", 2], ["[...]", 1],
  ["{,}", 1], ["{1:2}", 1], ["{a:1}", 1], ["{'a':1}", 1], ['{"a"}', 4], ['{"a":}', 5], ['{"a":1,}', 7], ['{"a":1,,"b":2}', 7], ['{"a" 1}', 5], ['{"a"::1}', 5], ['{"a":1 "b":2}', 7], ['{"a":1]', 6], ['{]', 1], ['{"a":1:2}', 6], ['{[]:1}', 1], ['{"a","b"}', 4], ['{null:1}', 1],
  ...([["01"], ["-01"], ["00"], ["-"], ["--1"], ["+1"], ["1."], [".5"], ["-.5"], ["1.e1"], ["1e"], ["1e+"], ["1e1.5"], ["1.5.5"], ["0x10"], ["0b1"], ["1_000"], ["1a"], ["1e1e1"], ["1+1"], ["- 1"], ["-a"], ["NaN"], ["Infinity"], ["-Infinity"], ["True"], ["nul"], ["nulll"], ["truefalse"], ["undefined"], ["0e"], ["1-"]] as [string][]).flatMap(([word]): [string, number][] => [[word, 0], [`[${word}]`, 1], [`{"a":${word},"b":0}`, 5]]),
  ['"\n"', 1], ['"\t"', 1], ['"\x00"', 1], ['"a\x1fb"', 2], ['["a\rb"]', 3], ['{"a\nb":1}', 3],
  ['"\\a"', 1], ['"\\x41"', 1], ['"\\0"', 1], ["\"\\'\"", 1], ['"\\v"', 1], ['"\\\n"', 1], ['"\\u12" ', 1], ['"\\u12G4"', 1], ['"\\U0041"', 1], ['"\\u{41}"', 1], ['"ab\\ "', 3], ['{"\\x":1}', 2], ['"\\\xc3\xa9"', 1],
];
