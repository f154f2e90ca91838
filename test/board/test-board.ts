import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_WORLD, startBoard, type Board, type EngineName } from "../../scripts/board/board.ts";

/** Both engines, each with the reason why its tests cannot run here, if there is one. */
export const ENGINES: { engine: EngineName; skip: string | false }[] = [
  { engine: "node", skip: false },
  { engine: "espruino", skip: process.env.ESPRUINO_BIN ? false : "ESPRUINO_BIN is not set" },
];

/** Boards of one test, on flash folders of their own, all switched off and removed at its end. */
export class TestBoards {
  #boards: Board[] = [];
  #folders: string[] = [];

  async flashFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
    this.#folders.push(folder);
    return folder;
  }

  async powerUp(engine: EngineName, flashFolder?: string): Promise<Board> {
    const folder = flashFolder ?? (await this.flashFolder());
    const board = await startBoard({ engine, flashFolder: folder, world: DEFAULT_WORLD, consolePort: 0 });
    this.#boards.push(board);
    return board;
  }

  async release(): Promise<void> {
    for (const board of this.#boards) await board.stop();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}
