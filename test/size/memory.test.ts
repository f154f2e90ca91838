// On the real interpreter: nothing else counts its JsVars.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measureLoaded } from "../../scripts/size/memory.ts";
import { SKIP_WITHOUT_INTERPRETER } from "../tls/real-interpreter.ts";

/** At most, of all builds. */
const CHARACTERS_PER_JSVAR = 30;
const LONG_FUNCTION = `function once(){return "${"x".repeat(4_800)}"}`;

describe("measureLoaded()", { skip: SKIP_WITHOUT_INTERPRETER }, () => {
  const binary = process.env["ESPRUINO_BIN"]!;

  test("an uploaded program is in RAM with its whole text, a saved one stays in flash", async () => {
    const { ram, saved, idle, total } = await measureLoaded(binary, `${LONG_FUNCTION}\n`);
    assert.ok(ram! > 4_800 / CHARACTERS_PER_JSVAR, `${ram}`);
    assert.ok(saved > 0 && saved < 20, `${saved}`);
    assert.ok(idle > 0 && idle < total);
  });

  test("what a program makes when it runs counts in both", async () => {
    const { ram, saved } = await measureLoaded(binary, "var list=[];for(var i=0;i<100;i++)list.push({});");
    assert.ok(saved >= 200 && ram! >= saved, `${saved} ${ram}`);
  });

  test("a program that fails is an error, and its output is told", async () => {
    await assert.rejects(measureLoaded(binary, 'throw new Error("half of it is there")'), /did not load:[^]*half of it is there/);
  });
});
