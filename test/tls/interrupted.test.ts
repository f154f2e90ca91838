// Ctrl-C, too little memory or too deep a recursion end the program wherever it is, uncatchably. Wherever that happens, no byte of a
// request may leave over a connection that is not hardened, nor to a server whose check has not passed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, test, type TestContext } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import type { TlsHandshake } from "../../scripts/board/node-engine/firmware/tls-handshake-start.ts";
import { builtProgram } from "../bundles/test-bundles.ts";
import { startSession, type Session } from "../board/node-engine/board-session.ts";
import { createCertificates, type Certificates } from "./certificates.ts";
import { startTappedServer, type TappedServer } from "./tapped-server.ts";

/** Longer than the firmware's block for a name, so that a second block is made use of, too. */
const HOST = "a-host-name-with-forty-six-bytes-.test.example";
const ORIGIN = `${HOST}:443`;
/** More statements than a whole request has. */
const BEYOND = 60_000;
/** A short run does not try each place, but so many, spread evenly. */
const SHORT_RUN_PLACES = 12;
/** Writing a long name: so many statements while a block has no owner. */
const STATEMENTS_OF_EXCHANGE = 3;
const WRONG_PIN = "00".repeat(32);

let bundle: BuiltBundle;
let certificates: Certificates;

before(async () => {
  bundle = await builtProgram("tls-visit");
  certificates = await createCertificates([HOST], "192.0.2.7");
});

/** What became of one request that was interrupted. */
interface Trial {
  statements: number;
  wasInterrupted: boolean;
  rebooted: boolean;
  /** Its deadlines did not close its socket. */
  isSocketLeft: boolean;
  handshakes: TlsHandshake[];
  connections: number;
  requestBytes: number;
}

/** The first number from 0 up to `limit` for which it is true; what is true for one is true for all above. */
async function firstFor(limit: number, isTrue: (n: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (await isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A board that makes one request after another to a server of its own, each from a fresh start of the program. */
class InterruptedBoard {
  readonly session: Session;
  readonly #server: TappedServer;

  private constructor(session: Session, server: TappedServer) {
    this.session = session;
    this.#server = server;
  }

  static async start(context: TestContext, pins: string[]): Promise<InterruptedBoard> {
    const server = await startTappedServer(certificates.good);
    context.after(() => server.stop());
    const board = new InterruptedBoard(await startSession(context), server);
    const settings = {
      wifi: { ssid: "virtual-ap", password: "virtual-password" },
      connectTo: { [ORIGIN]: server.address },
      url: `https://${HOST}/`,
      wantedPins: pins,
    };
    await board.store("settings.json", Buffer.from(JSON.stringify(settings)));
    await board.store("ca", certificates.der["root"]!);
    await board.store("program", await readFile(bundle.plain));
    return board;
  }

  async store(name: string, bytes: Buffer): Promise<void> {
    await this.session.run(`require("Storage").write("${name}",atob("${bytes.toString("base64")}"))`);
  }

  /** Starts a request and interrupts it after so many statements of the program. */
  async interruptAfter(statements: number): Promise<Trial> {
    const { engine, type, until } = this.session;
    type(`\x10setTime(${Date.now() / 1000});load("program")\n`);
    await until(/@ "ready"\r\n/);
    const [visitsBefore, handshakesBefore] = [this.#server.visitCount(), engine.tlsHandshakes.length];
    engine.interruptAfterStatements(statements);
    type("\x10visit()\n");
    const printed = await until(/Execution Interrupted[^>]*>|@ "\w+"\r\n/);
    engine.interruptAfterStatements(Infinity);
    type("\x10untilQuiet()\n");
    const end = await until(/@ "(quiet|open)"\r\n|Rebooting[^>]+>/);
    const visits = this.#server.visits(visitsBefore);
    return {
      statements,
      rebooted: end.includes("Rebooting"),
      isSocketLeft: end.includes("open"),
      wasInterrupted: printed.includes("Interrupted"),
      handshakes: engine.tlsHandshakes.slice(handshakesBefore),
      connections: visits.length,
      requestBytes: visits.reduce((sum, { applicationBytes }) => sum + applicationBytes, 0),
    };
  }
}

/** Interrupts a request after each statement between the connection and its end; in a short run after some of them. */
async function interruptEverywhere(board: InterruptedBoard): Promise<Trial[]> {
  const connected = await firstFor(BEYOND, async (n) => (await board.interruptAfter(n)).connections > 0);
  const ended = await firstFor(BEYOND, async (n) => !(await board.interruptAfter(n)).wasInterrupted);
  const step = process.env["TEST_LONG"] ? 1 : Math.ceil((ended - connected) / SHORT_RUN_PLACES);
  const trials: Trial[] = [];
  for (let n = connected; n <= ended; n += step) trials.push(await board.interruptAfter(n));
  assert.ok(trials.length > 10 && trials.some(({ wasInterrupted }) => wasInterrupted));
  return trials;
}

function isHardened({ authMode, sni, minVersion, stockSeed }: TlsHandshake): boolean {
  return authMode === 2 && sni === HOST && minVersion === "3.3" && !stockSeed;
}

/**
 * Half way through the exchange of two blocks one of them has no owner: a board loses its few bytes, the virtual one reboots to
 * report it. Two owners, or bytes written beyond a block's end, would crash a board, and must not come about anywhere.
 */
function assertNothingLeft({ session }: InterruptedBoard, trials: Trial[]): void {
  const rebooted = trials.filter((trial) => trial.rebooted).map(({ statements }) => statements);
  assert.deepEqual(session.engine.heapFaults.filter(({ kind }) => kind !== "leak"), []);
  assert.ok(rebooted.length <= STATEMENTS_OF_EXCHANGE, `places where the board rebooted: ${rebooted.join(" ")}`);
  assert.equal(session.engine.heapFaults.length, rebooted.length);
  assert.deepEqual(trials.filter(({ isSocketLeft }) => isSocketLeft).map(({ statements }) => statements), [], "places where the socket stayed open");
}

describe("an interrupt after each statement", { concurrency: true }, () => {
  test("a request leaves over a hardened connection, or not at all", async (context) => {
    const board = await InterruptedBoard.start(context, []);
    const trials = await interruptEverywhere(board);
    const unhardened = trials.filter(({ requestBytes, handshakes }) => requestBytes > 0 && !handshakes.every(isHardened));
    assert.deepEqual(unhardened, []);
    assert.ok(trials.some(({ handshakes }) => handshakes.some((handshake) => !isHardened(handshake))), "no trial left hardening half done");
    assert.ok(trials.some(({ requestBytes }) => requestBytes > 0), "no trial sent its request");
    assertNothingLeft(board, trials);
    context.diagnostic(`${trials.length} places, from statement ${trials[0]!.statements} to ${trials.at(-1)!.statements}`);
  });

  test("no request leaves when the check after the handshake must fail", async (context) => {
    const board = await InterruptedBoard.start(context, [WRONG_PIN]);
    const trials = await interruptEverywhere(board);
    assert.deepEqual(trials.filter(({ requestBytes }) => requestBytes > 0), []);
    assertNothingLeft(board, trials);
    context.diagnostic(`${trials.length} places, from statement ${trials[0]!.statements} to ${trials.at(-1)!.statements}`);
  });
});
