import type { RandomSource } from "./random-source.ts";

/** Most changes to one input: with more nothing of its structure is left. */
const MOST_CHANGES = 4;
/** How often a piece is repeated, and, seldom, so often that limits are reached. */
const FEW_TIMES = 4;
const MANY_TIMES = 2_000;
const MANY_SHARE = 0.01;
const LONGEST_PIECE = 40;

/** Changes bytes here and there: none, or up to four times. `words` are what means something in such an input. */
export function mutate(input: string, words: readonly string[], random: RandomSource): string {
  let text = input;
  for (let left = random.below(MOST_CHANGES + 1); left > 0; left--) text = random.pick(CHANGES)(text, words, random);
  return text;
}

type Change = (text: string, words: readonly string[], random: RandomSource) => string;

const CHANGES: Change[] = [
  (text, words, random) => replace(text, 1, random.pick(words), random),
  (text, words, random) => replace(text, 0, random.pick(words), random),
  (text, _, random) => replace(text, 1, String.fromCharCode(random.below(256)), random),
  (text, _, random) => replace(text, 1 + random.below(LONGEST_PIECE), "", random),
  (text, _, random) => text.slice(0, random.below(text.length + 1)),
  (text, _, random) => replace(text, 0, pieceOf(text, random), random),
  (text, _, random) => repeat(text, random),
  nudge,
];

function replace(text: string, count: number, by: string, random: RandomSource): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + by + text.slice(at + count);
}

function pieceOf(text: string, random: RandomSource): string {
  const at = random.below(text.length + 1);
  return text.slice(at, at + 1 + random.below(LONGEST_PIECE));
}

function repeat(text: string, random: RandomSource): string {
  const at = random.below(text.length + 1);
  const piece = text.slice(at, at + 1 + random.below(LONGEST_PIECE));
  const times = 1 + random.below(random.share() < MANY_SHARE ? MANY_TIMES : FEW_TIMES);
  return text.slice(0, at) + piece.repeat(times) + text.slice(at);
}

/** One more or one less, as lengths and digits go wrong. */
function nudge(text: string, _: readonly string[], random: RandomSource): string {
  const at = random.below(text.length + 1);
  const byte = text.charCodeAt(at);
  if (Number.isNaN(byte)) return text;
  return text.slice(0, at) + String.fromCharCode((byte + random.pick([1, 255])) & 255) + text.slice(at + 1);
}

/** Cuts a text into pieces, at up to eight places. */
export function cutSomewhere(text: string, random: RandomSource): string[] {
  const places = Array.from({ length: random.below(9) }, () => random.below(text.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((place, index) => text.slice(place, places[index]));
}
