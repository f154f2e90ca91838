import type { TlsLayoutName } from "./node-engine/memory/layouts/layout.ts";

/** How an engine ended: on its own, or because it was asked to. */
export interface EngineExit {
  /** In words, for the person at the console: "stopped", "interpreter ended with code 1", ... */
  reason: string;
}

/** The virtual world outside the board that an engine lets the program see. */
export interface World {
  /** The one access point that can be joined. */
  accessPoint: { ssid: string; password: string };
  /**
   * Names the board's resolver knows (host -> IPv4 address). A name that is not listed goes to this computer's own
   * resolver. A value of "silent" never answers, "unknown" is answered with "no such name".
   */
  hosts: Record<string, string>;
}

export interface EngineOptions {
  /** Folder in which the board's flash survives a restart. */
  flashFolder: string;
  world: World;
  /**
   * How the TLS library's state lies in memory; the node engine only. Default: as on an ESP32 with ESP-IDF 3.3.
   */
  tlsLayout?: TlsLayoutName | undefined;
}

/**
 * One interpreter behind a serial line. Bytes written to it are what a person or the espruino CLI types; its output is
 * what the board prints.
 */
export interface Engine {
  /** Powers the board up; resolves when the REPL takes input. */
  start(): Promise<void>;
  /** Bytes from the serial line to the board. */
  write(bytes: Uint8Array): void;
  /** Bytes from the board to the serial line. One listener. */
  onOutput(listener: (bytes: Uint8Array) => void): void;
  /** Switches the access point off (false) or on: the board is told nothing, its firmware finds out. */
  setAccessPoint(isOn: boolean): void;
  /** Cuts the power. Resolves when nothing of the engine runs any more. */
  stop(): Promise<void>;
  /** Settles when the engine is gone, for whatever reason. */
  readonly exited: Promise<EngineExit>;
  /**
   * Where the started interpreter's RAM is, if its peek and poke can reach it and the board's name does not tell: first address and
   * the one after the last, range after range. For the settings (`ram`).
   */
  readonly ram?: number[] | undefined;
}
