// A text reaches the server as the same UTF-8, with the right length, from every kind of interpreter.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { createAuthority, issueCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { startEcho, type EchoReport } from "../../scripts/cloud/echo.ts";
import type { LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { buildPrograms, DeviceBoard, TARGETS } from "./board-run.ts";

const TEXT = "é € 😀 ß";
const BODIES: Record<string, string | Buffer> = {
  literals: TEXT,
  escapes: TEXT,
  codePoints: TEXT,
  template: TEXT,
  sum: `a${TEXT}${TEXT}`,
  // Of bytes, as everything on the board is.
  part: "é",
  twoByte: "é",
  threeByte: "€",
  fourByte: "😀",
};
const DOCUMENT = { "naïve": ["é", "€", "😀"], "€": { nested: "😀" }, plain: "a\\u00C3\\u00A9b \"q\" \n\u0007", price: 5.5 };
const REFUSED: Record<string, string> = {
  "half a character": "E_TEXT_INVALID",
  "a byte that starts nothing": "E_TEXT_INVALID",
  "a continuation alone": "E_TEXT_INVALID",
  "an overlong form": "E_TEXT_INVALID",
  "a surrogate": "E_TEXT_INVALID",
  "beyond Unicode": "E_TEXT_INVALID",
  "in a key": "E_TEXT_INVALID",
  "a cycle": "E_OPTION",
  "a function in an array": "E_OPTION",
};

const issued = await issueCertificate(await createAuthority(), { names: ["www.example.com"] });
let bundle: BuiltBundle;
let echo: LoopbackServer;
let secureEcho: LoopbackServer;

before(async () => {
  const built = await buildPrograms("texts");
  bundle = built.bundles["texts"]!;
  echo = await startEcho(undefined);
  secureEcho = await startEcho(issued);
});
after(async () => {
  await echo?.stop();
  await secureEcho?.stop();
});

for (const target of TARGETS) {
  describe(`text, ${target.engine} engine, ${target.form}`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let hasUnicode: boolean;
    before(async () => {
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
      hasUnicode = (await board.ask('print("@ "+(JSON.parse("\\"\\\\u20ac\\"").charCodeAt(0)===8364))')) as boolean;
    });
    after(() => board.stop());

    /** Sends what the program's function makes of the question, and gives what the server got. */
    async function received(send: string, question: object, server = echo, scheme = "http"): Promise<{ body: Buffer; header: Buffer }> {
      const answer = await board.call(send, { url: `${scheme}://${server.address}/echo`, ...question });
      assert.equal(typeof answer, "string", JSON.stringify(answer));
      const report = JSON.parse(answer as string) as EchoReport;
      const body = Buffer.from(report.bodyHex, "hex");
      assert.equal(report.contentLength, body.length);
      return { body, header: headerIn(Buffer.from(report.headHex, "hex")) };
    }

    for (const [name, text] of Object.entries(BODIES)) {
      test(`${name}: body and header value are UTF-8`, async () => {
        const { body, header } = await received("sendBody", { name });
        assert.deepEqual(body, Buffer.from(text));
        assert.deepEqual(header, Buffer.from(text));
      });
    }

    test("the same over TLS", async () => {
      const { body, header } = await received("sendBody", { name: "sum" }, secureEcho, "https");
      assert.deepEqual([body, header], [Buffer.from(BODIES["sum"]!), Buffer.from(BODIES["sum"]!)]);
    });

    test("a JSON document holds the same texts", async () => {
      const { body } = await received("sendJson", {});
      assert.deepEqual(JSON.parse(body.toString("utf8")), DOCUMENT);
      assert.ok(body.includes(Buffer.from("naïve")) && body.includes(Buffer.from("😀")), body.toString("latin1"));
    });

    test("UTF-8 that came from elsewhere goes out as it came", async () => {
      const { body } = await received("sendParsed", { json: Buffer.from('"é€😀"').toString("latin1").replace(/[\x80-\xff]/g, escapeByte) });
      assert.deepEqual(body, Buffer.from("é€😀"));
    });

    test("characters that exist only at run time are encoded where the firmware has them", async () => {
      const { body, header } = await received("sendParsed", { json: '"a\\u20acb"' });
      const expected = hasUnicode ? Buffer.from("a€b") : Buffer.from("a\xacb", "latin1");
      assert.deepEqual([body, header], [expected, expected]);
    });

    test("such a character beside bytes that are UTF-8 already is refused", async () => {
      assert.deepEqual(await board.call("mix", {}), hasUnicode ? { code: "E_TEXT_MIXED" } : { result: "\xac\xc3\xa9" });
    });

    for (const [name, code] of Object.entries(REFUSED)) {
      test(`stringify refuses ${name}: ${code}`, async () => {
        assert.deepEqual(await board.call("refuse", { name }), { code });
      });
    }

    test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
  });
}

function headerIn(head: Buffer): Buffer {
  const line = /\r\nX-Text: (.*)\r\n/.exec(head.toString("latin1"));
  return Buffer.from(line![1]!, "latin1");
}

function escapeByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16)}`;
}
