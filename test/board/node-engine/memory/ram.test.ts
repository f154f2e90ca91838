import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TLS_LAYOUT_NAMES } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { tlsLayout } from "../../../../scripts/board/node-engine/memory/layouts.ts";
import { startSession } from "../board-session.ts";

for (const name of TLS_LAYOUT_NAMES) {
  const { chip } = tlsLayout(name);
  const [first, end] = [chip.ram.start, chip.ram.end];

  describe(`peek and poke with ${name}`, () => {
    test("reach all of the RAM, in numbers and in arrays", async (context) => {
      const { run } = await startSession(context, { tlsLayout: name });
      const code = [
        `poke32(${first},0xfedcba98)`,
        `poke16(${end - 2},[0x1234])`,
        `poke8(${first + 8},"ab\\xff")`,
        `poke32(${first + 12},new Uint32Array([1,0xffffffff]))`,
        `poke32(${first + 20},[7,-1])`,
      ].join(";");
      const shown = `[peek32(${first}),peek8(${first}),peek16(${end - 2}),peek8(${first + 8},3),` +
        `peek32(${first + 12},4),peek32(${first},1),E.memoryArea(${first + 8},2)]`;
      const expected = "[4275878552,152,4660,[97,98,255],[1,4294967295,7,4294967295],4275878552,\"ab\"]\n";
      assert.equal(await run(`${code};print(JSON.stringify(${shown}))`), expected);
    });

    test("read the random register, and nothing else outside", async (context) => {
      const { run } = await startSession(context, { tlsLayout: name });
      const register = chip.randomRegister;
      const printed = await run(`print(peek32(${register})!=peek32(${register}),process.env.BOARD)`);
      assert.equal(printed, `true ${chip.board}\n`);
    });

    for (const [what, code] of [
      ["a read before the RAM", `peek32(${first - 4})`],
      ["a read that ends behind the RAM", `peek32(${end - 2})`],
      ["a read of a null pointer", "peek8(0)"],
      ["a write behind the RAM", `poke8(${end},1)`],
      ["a write to the random register", `poke32(${chip.randomRegister},1)`],
      ["a window on what is not there", `E.memoryArea(${end - 4},5)`],
    ] as const) {
      test(`${what} reboots the board`, async (context) => {
        const { type, until } = await startSession(context, { tlsLayout: name });
        type(`\x10try{${code}}catch(e){print("caught")}finally{print("went on")}\n`);
        const cause = code.startsWith("poke") ? chip.causes.store : chip.causes.load;
        const printed = await until(/virtual board, no hardware[^>]*>/);
        assert.ok(printed.includes(`Core  0 panic'ed (${cause}). Exception was unhandled.`), printed);
        assert.doesNotMatch(printed, /caught|went on/);
      });
    }
  });
}
