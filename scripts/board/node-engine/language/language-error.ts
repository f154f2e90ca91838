/** The program holds something the firmware cannot parse, or is no program at all. */
export class LanguageError extends Error {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
