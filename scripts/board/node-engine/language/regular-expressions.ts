import { RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";

/**
 * Says what in a regular expression the firmware's matcher lacks.
 * @returns the construct in words, or undefined when the firmware can match it
 */
export function unsupportedInRegExp(pattern: string, flags: string): string | undefined {
  const flag = [...flags].find((each) => each !== "g" && each !== "i");
  if (flag) return `regular expression flag ${flag}`;
  let found: string | undefined;
  const note = (what: string) => {
    found ??= what;
  };
  visitRegExpAST(new RegExpParser({ ecmaVersion: 2022 }).parsePattern(pattern), {
    onAssertionEnter: (node) => {
      if (node.kind === "lookahead" || node.kind === "lookbehind") note(`${node.kind} in a regular expression`);
      if (node.kind === "word") note("\\b in a regular expression");
    },
    onQuantifierEnter: (node) => {
      if (!node.greedy) note("non-greedy quantifier in a regular expression");
      if (/\{[^{]*\}\??$/.test(node.raw)) note("{n} in a regular expression");
    },
    onGroupEnter: () => note("(?:) in a regular expression"),
    onBackreferenceEnter: () => note("backreference in a regular expression"),
    onCapturingGroupEnter: (node) => {
      if (node.name) note("named group in a regular expression");
    },
  });
  return found;
}
