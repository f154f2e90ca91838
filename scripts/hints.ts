// PLACEHOLDER until the table is written (its author overwrites this file).
/** What a person can do about an error code. */
export function hintFor(_code: string): string | undefined {
  return undefined;
}
