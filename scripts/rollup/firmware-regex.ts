// Which regular expressions the firmware matches as JavaScript does. Read in its matcher (src/jswrap_regexp.c of 2v29.277,
// one forward pass over the pattern text) and measured: most of what it lacks does not throw, it matches the wrong thing.
import { RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";
import type { AST } from "@eslint-community/regexpp";

/** The matcher's table of groups (MAX_GROUPS); a tenth group is written behind its end. */
const GROUPS_MAX = 9;

/**
 * Says why the firmware cannot match a regular expression, in words a person can act on.
 * @param pattern the source between the slashes
 * @param flags the letters after them
 * @returns undefined when it can, or when the pattern is no regular expression at all
 */
export function unsupportedRegex(pattern: string, flags: string): string | undefined {
  const flag = /[^gi]/.exec(flags);
  if (flag) return `flag ${flag[0]} is ignored`;
  const tree = parse(pattern);
  if (!tree) return undefined;
  const found: string[] = [];
  visitRegExpAST(tree, {
    onQuantifierEnter: (node) => found.push(...quantifierFaults(node)),
    onCapturingGroupEnter: (node) => found.push(...groupFaults(node)),
    onGroupEnter: () => found.push("a non-capturing group (?:...) never matches"),
    onAssertionEnter: (node) => found.push(...assertionFaults(node)),
    onBackreferenceEnter: () => found.push("backreferences throw"),
    onCharacterClassEnter: (node) => found.push(...classFaults(node, tree)),
    onCharacterClassRangeEnter: (node) => found.push(...rangeFaults(node)),
    onCharacterEnter: (node) => found.push(...characterFaults(node)),
    onCharacterSetEnter: (node) => found.push(...(node.kind === "property" ? ["\\p{...} is not known"] : [])),
  });
  return [...alternationFaults(tree), ...found][0];
}

function parse(pattern: string): AST.Pattern | undefined {
  try {
    return new RegExpParser().parsePattern(pattern, 0, pattern.length, false);
  } catch {
    return undefined;
  }
}

function quantifierFaults({ element, raw, greedy }: AST.Quantifier): string[] {
  const sign = raw.slice(element.raw.length);
  if (!greedy) return [`the non-greedy ${sign} never matches`];
  if (sign !== "*" && sign !== "+") return [`${sign} never matches: only * and + do`];
  if (element.type !== "Character" && element.type !== "CharacterClass" && element.type !== "CharacterSet") {
    return [`${sign} after a group is taken as the character ${sign}`];
  }
  // At the end of the text the matcher looks at a NUL, which these match.
  if (sign === "+" && matchesNul(element)) return [`${raw} also matches nothing at the end of the text: write ${element.raw}${element.raw}*`];
  return [];
}

function matchesNul(element: AST.Character | AST.CharacterClass | AST.CharacterSet): boolean {
  if (element.type === "Character") return element.value === 0;
  if (element.type === "CharacterSet") return element.kind === "any" || ("negate" in element && element.negate);
  return element.negate || element.raw.includes("\\0") || element.raw.includes("\\x00");
}

function groupFaults(node: AST.CapturingGroup): string[] {
  if (node.name !== null) return ["a named group never matches"];
  if (enclosingGroup(node)) return ["of nested groups only the innermost is right"];
  return node.alternatives.length > 1 ? ["the | inside a group ends the whole expression"] : [];
}

function enclosingGroup(node: AST.Node): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.type === "CapturingGroup") return true;
  }
  return false;
}

function assertionFaults(node: AST.Assertion): string[] {
  return node.kind === "start" || node.kind === "end" ? [] : [`${node.raw} never matches`];
}

// `|` sends the matcher back to the start of the text, behind the next `|` it finds in the pattern's text, wherever that stands.
function alternationFaults({ alternatives, raw }: AST.Pattern): string[] {
  const groups = (raw.match(/(?<!\\)\(/g) ?? []).length;
  if (groups > GROUPS_MAX) return [`${groups} groups, and only ${GROUPS_MAX} have a place`];
  if (alternatives.length < 2) return [];
  if (groups > 0) return ["| beside groups gives wrong groups"];
  const anchored = alternatives.slice(0, -1).some(({ elements }) => elements.some((element) => element.raw === "^"));
  return anchored ? ["after a ^ that does not match, no other alternative is tried"] : [];
}

function classFaults(node: AST.CharacterClass, pattern: AST.Pattern): string[] {
  if (/(?<!\\)\//.test(node.raw)) return ["a / in a class ends the expression: write \\/"];
  if (!node.elements.length && !node.negate) return ["an empty class is not known"];
  const before = pattern.raw.slice(0, node.start - pattern.start).replace(/^[\^(]+/, "");
  return before !== "" && node.raw.includes("|") ? ["a | in a class is taken for an alternative: write \\x7c"] : [];
}

function rangeFaults({ min, max, raw }: AST.CharacterClassRange): string[] {
  return min.value === max.value ? [`the range ${raw} of one character never matches`] : [];
}

function characterFaults({ raw, value }: AST.Character): string[] {
  if (/^\\[uc]/.test(raw)) return [`${raw} is not known: write \\x${value.toString(16).padStart(2, "0")}`];
  return value > 0xff ? [`${raw} is not a byte`] : [];
}
