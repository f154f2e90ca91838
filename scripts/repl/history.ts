import { mkdirSync, chmodSync, appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const FOLDER = "espruino-https";
const FILE = "repl-history";
/** As many as a shell keeps. */
export const KEPT_LINES = 1_000;
const ONLY_THE_OWNER = { file: 0o600, folder: 0o700 };
/** Words that stand beside secrets, texts as long as keys are, and PEM. */
const SECRET = /passw|secret|token|psk|credential|api_?-?key|authorization|bearer|-----BEGIN|["'`][\w+/=-]{32,}/i;

/** Lines typed at boards, in a file of the user's own. Lines that look like secrets are not written. */
export class History {
  /** The newest first. */
  readonly lines: string[];
  readonly #file: string;
  #isBroken = false;

  constructor(file = historyFile()) {
    this.#file = file;
    this.lines = this.#read();
  }

  /** Keeps a line for the next time. A history that cannot be written is no reason to stop working. */
  add(line: string): void {
    if (line.trim() === "" || line === this.lines[0]) return;
    this.lines.unshift(line);
    if (looksSecret(line)) return;
    this.#try(() => appendFileSync(this.#file, `${line}\n`, { mode: ONLY_THE_OWNER.file }));
  }

  #read(): string[] {
    let lines: string[] = [];
    try {
      lines = readFileSync(this.#file, "utf8").split("\n").filter(Boolean);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#isBroken = true;
    }
    this.#try(() => {
      mkdirSync(dirname(this.#file), { recursive: true, mode: ONLY_THE_OWNER.folder });
      if (lines.length > KEPT_LINES) writeFileSync(this.#file, `${lines.slice(-KEPT_LINES).join("\n")}\n`, { mode: ONLY_THE_OWNER.file });
      if (lines.length > 0) chmodSync(this.#file, ONLY_THE_OWNER.file);
    });
    return lines.slice(-KEPT_LINES).reverse();
  }

  #try(write: () => void): void {
    if (this.#isBroken) return;
    try {
      write();
    } catch {
      this.#isBroken = true;
    }
  }
}

/** Whether a line is better not kept on disk. It would rather keep too few. */
export function looksSecret(line: string): boolean {
  return SECRET.test(line);
}

/** Where the history of this user is: XDG_STATE_HOME, by default ~/.local/state; on Windows LOCALAPPDATA. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string {
  const folder = env["XDG_STATE_HOME"] || (process.platform === "win32" && env["LOCALAPPDATA"]) || join(homedir(), ".local", "state");
  return join(folder, FOLDER, FILE);
}
