import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_WORLD, startBoard, type Board, type EngineName } from "../board/board.ts";
import { startTimeServer, type TimeServer } from "../cloud/time-server.ts";
import { parsePort, type Port } from "../espruino-cli/port.ts";
import type { TestBoard } from "./test-board.ts";

const SETTINGS_FILE = "settings.json";
const TIME_HOST = "pool.ntp.org";

/** A virtual board of our own, with an empty flash and a time server on this computer; a boot is a cut of its power. */
export function createVirtualBoard(engine: EngineName): TestBoard {
  return new VirtualBoard(engine);
}

class VirtualBoard implements TestBoard {
  readonly name: string;
  readonly #engine: EngineName;
  #flashFolder: string | undefined;
  #timeServer: TimeServer | undefined;
  #board: Board | undefined;

  constructor(engine: EngineName) {
    this.name = `the virtual board (${engine} engine)`;
    this.#engine = engine;
  }

  async boot(): Promise<void> {
    await this.#board?.stop();
    this.#flashFolder ??= await mkdtemp(join(tmpdir(), "espruino-https-selftest-"));
    this.#timeServer ??= await startTimeServer();
    this.#board = await startBoard({ engine: this.#engine, flashFolder: this.#flashFolder, world: DEFAULT_WORLD, consolePort: 0 });
  }

  get port(): Port {
    return parsePort(this.#running.port);
  }

  /** New after each boot, because an interpreter's RAM is elsewhere in each process. */
  settingsFiles(): Record<string, Uint8Array> {
    const settings = {
      wifi: { ...DEFAULT_WORLD.accessPoint },
      clock: { servers: [TIME_HOST] },
      connectTo: { [`${TIME_HOST}:123`]: this.#timeServer?.address },
      ram: this.#running.ram,
    };
    return { [SETTINGS_FILE]: Buffer.from(JSON.stringify(settings)) };
  }

  async cleanUp(): Promise<void> {
    await this.#board?.stop();
    await this.#timeServer?.stop();
    if (this.#flashFolder) await rm(this.#flashFolder, { recursive: true, force: true });
  }

  get #running(): Board {
    if (!this.#board) throw new Error("The virtual board has not been booted.");
    return this.#board;
  }
}
