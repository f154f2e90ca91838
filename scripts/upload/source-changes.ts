import { watch, type FSWatcher } from "node:fs";

/** An editor that saves touches a file several times; a formatter or a checkout touches many. */
const QUIET_MS = 200;
const SOURCE = /(^|[\\/])[^.\\/][^\\/]*\.(ts|pem)$/;

/** Whether a program is built from such a file; what editors leave beside it for a moment is none. */
export function isSource(file: string): boolean {
  return SOURCE.test(file);
}

/** Watches folders for changes of programs, modules and certificates. */
export class SourceChanges {
  #watchers: FSWatcher[];
  #timer: NodeJS.Timeout | undefined;
  #hasChanged = false;
  #onChange: () => void = () => {};

  constructor(folders: string[]) {
    this.#watchers = folders.map((folder) => watch(folder, { recursive: true }, (_event, file) => this.#take(file)));
    // A folder that is removed under the watcher: what is left is watched on.
    for (const watcher of this.#watchers) watcher.on("error", () => {});
  }

  /** Resolves once something has changed since the last call, and all has been quiet for a moment. */
  async next(): Promise<void> {
    if (!this.#hasChanged) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
    this.#hasChanged = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #take(file: string | null): void {
    if (file !== null && !isSource(file)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#hasChanged = true;
      this.#onChange();
    }, QUIET_MS);
  }
}
