import { createAuthorities, SERVER_CASES, type Authorities, type ServerCase } from "./cases.ts";
import type { Attempt, Manner, Plan } from "./messages.ts";
import { startRecordingServer, type Meeting, type RecordingServer } from "./recording-server.ts";

/** Storage files of the board that the selftest uses, and removes. */
export const PLAN_FILE = "selftest.json";
export const ANCHOR_FILE = "selftest-ca.der";

/** In the order in which a server is met: the stock connection crashes firmware with too little memory for TLS. */
const ORDER: readonly Manner[] = ["hardened", "stock"];

/** A server for each case and manner, so that nothing that a server saw can be taken for the other manner's. */
interface Listener {
  wanted: ServerCase;
  manner: Manner;
  server: RecordingServer;
}

export interface TestServers {
  /** Storage files that send the board to all servers, or only to those of one case. */
  files(onlyCase?: ServerCase): Record<string, Uint8Array>;
  /** What the servers have seen, oldest first. */
  meetings(wanted: ServerCase, manner: Manner): readonly Meeting[];
  stop(): Promise<void>;
}

/**
 * Starts all servers.
 * @param address IPv4 address of this computer as the board sees it
 * @throws the system's error when nothing can listen there
 */
export async function startTestServers(address: string): Promise<TestServers> {
  const authorities = await createAuthorities();
  const listeners: Listener[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(listeners.map(({ server }) => server.stop())));
  try {
    for (const wanted of SERVER_CASES) listeners.push(...await startCase(wanted, authorities, address));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    files: (onlyCase) => filesFor(listeners.filter(({ wanted }) => !onlyCase || wanted === onlyCase), address, authorities),
    meetings: (wanted, manner) => listeners.find((listener) => listener.wanted === wanted && listener.manner === manner)?.server.meetings ?? [],
    stop,
  };
}

async function startCase(wanted: ServerCase, authorities: Authorities, address: string): Promise<Listener[]> {
  const issued = await wanted.certificate(authorities);
  const start = async (manner: Manner): Promise<Listener> => ({ wanted, manner, server: await startRecordingServer(issued, address) });
  return await Promise.all(ORDER.map(start));
}

function filesFor(listeners: Listener[], address: string, { trusted }: Authorities): Record<string, Uint8Array> {
  return { [PLAN_FILE]: Buffer.from(JSON.stringify(planFor(listeners, address))), [ANCHOR_FILE]: trusted.der };
}

function planFor(listeners: Listener[], address: string): Plan {
  const origin = ({ wanted, server }: Listener): string => `${wanted.host}:${server.port}`;
  const attempt = (listener: Listener): Attempt =>
    ({ server: listener.wanted.id, manner: listener.manner, url: `https://${origin(listener)}/selftest` });
  return {
    attempts: listeners.map(attempt),
    connectTo: Object.fromEntries(listeners.map((listener) => [origin(listener), `${address}:${listener.server.port}`])),
    trustAnchors: Object.fromEntries(listeners.map((listener) => [origin(listener), ANCHOR_FILE])),
  };
}
