/** From this on a step shows that it is alive. */
const DOT_INTERVAL_MS = 1_000;

/** Announces the steps of a command, one line each: `[2/6] Doing something ..... what came of it`. */
export class Steps {
  #total: number;
  #number = 0;
  #stream: NodeJS.WritableStream;

  constructor(total: number, stream: NodeJS.WritableStream = process.stdout) {
    this.#total = total;
    this.#stream = stream;
  }

  /**
   * Runs one step, with a dot for each second it takes.
   * @param describe what came of it, for the end of the line
   */
  async run<T>(title: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T> {
    this.announce(title, " ...");
    const dots = setInterval(() => this.#stream.write("."), DOT_INTERVAL_MS);
    try {
      const result = await work();
      this.#stream.write(` ${describe(result)}\n`);
      return result;
    } catch (error) {
      this.#stream.write(" failed\n");
      throw error;
    } finally {
      clearInterval(dots);
    }
  }

  /** Begins a step that shows its progress itself. */
  announce(title: string, end = "\n"): void {
    this.#number++;
    this.#stream.write(`[${this.#number}/${this.#total}] ${title}${end}`);
  }
}

/** 13200 -> "12.9 KB", with the KB of 1024 bytes that the budgets use. */
export function inKilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
