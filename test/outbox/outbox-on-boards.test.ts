// The outbox as a board runs it, on both engines: what was told to be in flash is there when the power is back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { builtOutbox, PoweredBoard } from "./powered-board.ts";

const IS_LONG = Boolean(process.env["TEST_LONG"]);
const NO_INTERPRETER = process.env["ESPRUINO_BIN"] ? false : "ESPRUINO_BIN is not set";
const CUTS = IS_LONG ? 60 : 3;
const KILLS = IS_LONG ? 200 : 5;
/** A step of the program puts one record of 700 bytes and at times removes two: a page is erased every five steps. */
const OPEN = 'o=require("outbox").openOutbox({pages:4});n=0;';
const STEP =
  'function step(){try{print("@ "+o.put(o.peek(1,1).length+"r".repeat(700)))}catch(e){print("@ "+e.code)}if(++n%3==0){print("@ remove");o.remove(4);print("@ removed")}}';
const WAITING = 'o.peek(99,99999).map(function(e){return e.id})';

let outbox = "";
const boards: PoweredBoard[] = [];
before(async () => {
  outbox = await builtOutbox();
});
after(() => Promise.all(boards.map((board) => board.remove())));

async function makeBoard(kind: "node" | "espruino"): Promise<PoweredBoard> {
  const board = await PoweredBoard.make(kind, { outbox });
  boards.push(board);
  return board;
}

/** What must be there after a list of waiting numbers met what the board said. `certain` must, `possible` may. */
class Expectation {
  certain: number[] = [];
  possible: number[] = [];

  follow(lines: string[]): void {
    for (const [i, line] of lines.entries()) {
      if (/^\d+$/.test(line)) this.certain.push(Number(line));
      else if (line === "remove") this.#remove(lines[i + 1] === "removed");
      else if (line !== "removed") assert.equal(line, "E_OUTBOX_FULL");
    }
  }

  #remove(isDone: boolean): void {
    const gone = this.certain.splice(0, 4);
    this.possible = isDone ? [] : gone;
  }

  /** After the last line that arrived, one more step can have begun: a put, a removal. */
  check(ids: string[]): void {
    const numbers = ids.map((id) => Number(id.split("-")[2]));
    assert.equal(new Set(numbers).size, numbers.length, "no record twice");
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), "in order");
    const missing = this.certain.filter((each) => !numbers.includes(each));
    assert.deepEqual(missing, [], `of ${this.certain.join()}, ${numbers.join()} are there`);
    const highest = Math.max(0, ...this.certain, ...this.possible);
    const extra = numbers.filter((each) => !this.certain.includes(each) && !this.possible.includes(each));
    assert.ok(extra.every((each) => each > highest), `${extra.join()} should have gone`);
    this.certain = numbers;
    this.possible = [];
  }
}

test("node engine: power cuts inside writes and erases lose no record", async () => {
  const board = await makeBoard("node");
  const expected = new Expectation();
  const prefixes = new Set<string>();
  await board.powerUp();
  for (let cut = 1; cut <= CUTS; cut++) {
    const { exit, lines } = await board.runUntilCut({ operations: 3 + ((cut * 7) % 23), seed: cut }, `${OPEN}${STEP};setInterval(step,0)`);
    assert.equal(exit.reason, "power cut");
    expected.follow(lines);
    await board.powerUp();
    board.type(OPEN);
    const ids = (await board.ask(WAITING)) as string[];
    expected.check(ids);
    for (const id of ids) prefixes.add(id.replace(/\d+$/, ""));
  }
  assert.equal(prefixes.size, 1, "one name for the board");
});

test("real interpreter: kills lose no record", { skip: NO_INTERPRETER }, async () => {
  const board = await makeBoard("espruino");
  const expected = new Expectation();
  await board.powerUp();
  for (let kill = 1; kill <= KILLS; kill++) {
    board.type(`${OPEN}${STEP};setInterval(step,1)`);
    await board.lines(6 + ((kill * 11) % 29));
    expected.follow(await board.cutPower());
    await board.powerUp();
    board.type(OPEN);
    expected.check((await board.ask(WAITING)) as string[]);
  }
});

for (const kind of ["node", "espruino"] as const) {
  test(`${kind} engine: times, ids, all bytes and a full ring survive a power cycle`, { skip: kind === "espruino" && NO_INTERPRETER }, async () => {
    const board = await makeBoard(kind);
    await board.powerUp();
    board.type('o=require("outbox").openOutbox({pages:2});a="";for(i=0;i<256;i++)a+=String.fromCharCode(i);o.put(a,3000000000);o.put("b",0)');
    board.type('code="";try{for(;;)o.put("x".repeat(1000))}catch(e){code=e.code}');
    const before = await board.ask('[code,o.status(),E.CRC32(o.peek(1,1)[0].data),o.peek(2,999).map(function(e){return [e.id,e.timeS,e.data.length]})]');
    await board.cutPower();
    await board.powerUp();
    board.type('o=require("outbox").openOutbox({pages:2});code="E_OUTBOX_FULL"');
    const afterwards = await board.ask('[code,o.status(),E.CRC32(o.peek(1,1)[0].data),o.peek(2,999).map(function(e){return [e.id,e.timeS,e.data.length]})]');
    assert.deepEqual(afterwards, before);
    const [code, status, crc, entries] = before as [string, { queued: number }, number, [string, number, number][]];
    assert.deepEqual([code, status.queued, crc], ["E_OUTBOX_FULL", 8, 0x29058c73]);
    assert.deepEqual(entries.map(([, ...rest]) => rest), [[3_000_000_000, 256], [0, 1]]);
  });
}
