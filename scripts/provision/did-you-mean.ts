/** The name among `known` that `name` is most likely a slip of; undefined when none is near enough. */
export function nearestName(name: string, known: readonly string[], mostSlips: number): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, slips: slipsBetween(plain(name), plain(candidate)) }))
    .filter(({ candidate, slips }) => slips <= mostSlips && slips < candidate.length / 2)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate;
}

/** Case, hyphens and underscores are no difference worth counting: Wi-Fi, client_id. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}

/**
 * How many slips of a typing hand lie between two words: a letter left out, added, or wrong, or two neighbours swapped (the
 * "optimal string alignment" distance).
 */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= other.length; column++) rows[row]![column] = slipsAt(rows, row, column, one, other);
  }
  return rows[one.length]![other.length]!;
}

function slipsAt(rows: number[][], row: number, column: number, one: string, other: string): number {
  const isSame = one[row - 1] === other[column - 1];
  const isSwapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
  return Math.min(
    rows[row - 1]![column]! + 1,
    rows[row]![column - 1]! + 1,
    rows[row - 1]![column - 1]! + (isSame ? 0 : 1),
    isSwapped ? rows[row - 2]![column - 2]! + 1 : Infinity,
  );
}
