import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { listArguments } from "./arguments.ts";
import { onLines } from "./lines.ts";
import { parsePort, type Port } from "./port.ts";
import { withWorkspace } from "./workspace.ts";

/** A serial port of this computer, as the espruino CLI lists it. */
export interface ListedPort {
  path: string;
  /** Who made the USB device; undefined for a port that is none. */
  maker: string | undefined;
}

/** Where `npm run board` serves its console. */
const VIRTUAL_BOARD = { host: "127.0.0.1", port: 2323 };

/** How the computer is looked at; tests give their own. */
export interface Surroundings {
  listPorts(): Promise<ListedPort[]>;
  hasVirtualBoard(): Promise<boolean>;
}

const THIS_COMPUTER: Surroundings = { listPorts: listSerialPorts, hasVirtualBoard };

/**
 * The port given, or else that of the only board there is: the only USB serial port, or the only other serial port, or the virtual
 * board at its usual port.
 * @throws Error that names the candidates when there are several, and says what to do when there is none
 */
export async function findPort(given?: string, surroundings = THIS_COMPUTER): Promise<Port> {
  if (given !== undefined) return parsePort(given);
  const ports = await surroundings.listPorts();
  const ofUsb = ports.filter(({ maker }) => maker !== undefined);
  const candidates = ofUsb.length > 0 ? ofUsb : ports;
  if (candidates.length > 1) throw new Error(severalPorts(candidates));
  if (candidates[0]) return parsePort(candidates[0].path);
  if (await surroundings.hasVirtualBoard()) return parsePort(`tcp://${VIRTUAL_BOARD.host}:${VIRTUAL_BOARD.port}`);
  throw new Error("No board found: this computer lists no serial port, and no virtual board is on. Plug a board in (with a cable that carries " +
    "data), start the virtual board with `npm run board`, or name a port with --port.");
}

function severalPorts(candidates: ListedPort[]): string {
  const lines = candidates.map(({ path, maker }) => `  --port ${path}${maker === undefined ? "" : `  (${maker})`}`);
  return `There are ${candidates.length} serial ports. Say which one the board is at:\n${lines.join("\n")}`;
}

/** The serial ports that the espruino CLI lists; it is told to leave Bluetooth alone. */
export async function listSerialPorts(): Promise<ListedPort[]> {
  const lines: string[] = [];
  await withWorkspace({}, async (folder) => {
    const child = spawn(process.execPath, listArguments(), { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    onLines(child.stdout, (line) => lines.push(line));
    await once(child, "close");
  });
  return lines.flatMap(parseListLine);
}

/** Reads a line of the CLI's (0.1.67) list: two spaces, the path, two spaces, the maker in brackets. */
export function parseListLine(line: string): ListedPort[] {
  const match = /^ {2}(\S.*?) {2}\((.*)\)\r?$/.exec(line);
  if (!match?.[1]) return [];
  return [{ path: match[1], maker: match[2] === "undefined" ? undefined : match[2] }];
}

/** Whether its port is taken. Not by a connection: the console serves one at a time, and what the board had to say would be lost with it. */
function hasVirtualBoard(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
    server.listen(VIRTUAL_BOARD, () => server.close(() => resolve(false)));
  });
}
