import type { ConsoleServer } from "./console-server.ts";
import { startConsoleServer } from "./console-server.ts";
import type { Engine, EngineExit, EngineOptions } from "./engine.ts";
import { createEspruinoEngine } from "./espruino-engine/engine.ts";
import { createNodeEngine } from "./node-engine/engine.ts";

/** The interpreters that a virtual board can have. */
export const ENGINE_NAMES = ["node", "espruino"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface BoardOptions extends EngineOptions {
  engine: EngineName;
  /** For the console; default 2323, and a free one when it is taken. 0: a free one. */
  consolePort?: number | undefined;
}

export interface Board {
  engine: EngineName;
  consolePort: number;
  /** The port as upload and the espruino CLI take it: tcp://127.0.0.1:PORT. */
  port: string;
  /** See Engine. */
  ram: number[] | undefined;
  /** Switches the access point off or on: the board is told nothing, it finds out. */
  setAccessPoint(isOn: boolean): void;
  /** Settles when the interpreter is gone, for whatever reason. */
  exited: Promise<EngineExit>;
  /** Cuts the power. Resolves when nothing of the board runs any more. */
  stop(): Promise<void>;
}

/**
 * Powers a virtual board up and serves its console.
 * @throws Error when the engine cannot start (for "espruino": when ESPRUINO_BIN names no interpreter)
 */
export async function startBoard(options: BoardOptions): Promise<Board> {
  const engine = createEngine(options);
  const server = await startConsoleServer(engine, options.consolePort);
  await startOrRelease(engine, server);
  // Whoever is connected notices by the end of the connection.
  void engine.exited.then(() => server.stop());
  return {
    engine: options.engine,
    consolePort: server.port,
    port: `tcp://127.0.0.1:${server.port}`,
    ram: engine.ram,
    exited: engine.exited,
    setAccessPoint: (isOn) => engine.setAccessPoint(isOn),
    async stop() {
      await engine.stop();
      await server.stop();
    },
  };
}

/** The access point and the names that a virtual board meets when nothing else is asked for. */
export const DEFAULT_WORLD = { accessPoint: { ssid: "virtual-ap", password: "virtual-password" }, hosts: {} };

function createEngine({ engine, flashFolder, world, tlsLayout }: BoardOptions): Engine {
  if (engine === "espruino") return createEspruinoEngine({ flashFolder, world });
  return createNodeEngine({ flashFolder, world, tlsLayout });
}

async function startOrRelease(engine: Engine, server: ConsoleServer): Promise<void> {
  try {
    await engine.start();
  } catch (error) {
    await server.stop();
    await engine.stop();
    throw error;
  }
}
