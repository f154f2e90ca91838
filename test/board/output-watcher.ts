/** Collects what a board prints and lets a test wait for a part of it. */
export class OutputWatcher {
  text = "";
  #waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];

  take(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString("latin1");
    this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
      const match = pattern.exec(this.text);
      if (match) resolve(match);
      return !match;
    });
  }

  /** Resolves when the output so far matches; the test runner's own time limit ends a wait in vain. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    const match = pattern.exec(this.text);
    if (match) return Promise.resolve(match);
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }
}
