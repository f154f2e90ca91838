// Sends texts that no byte of ASCII can hold, written in every way a source may write them, and texts that exist only at run time.
import { request } from "../../../modules/client";
import type { Response } from "../../../modules/client";
import type { BoardError } from "../../../modules/errors";
import { stringify } from "../../../modules/json";
import { toBytes } from "../../../modules/text";
import { join } from "../../../modules/wifi";
import { answer, offer } from "./answer";

const LITERALS = "é € 😀 ß";
const ESCAPES = "\u00e9 \u20ac \ud83d\ude00 \u00df";
const CODE_POINTS = "\u{e9} \u{20ac} \u{1f600} \u{df}";
const TEMPLATE = `é ${"€"} 😀 ß`;
const DOCUMENT = { "naïve": ["é", "€", "😀"], "\u20ac": { nested: "\u{1f600}" }, plain: "a\\u00C3\\u00A9b \"q\" \n\u0007", price: 5.5 };

const BODIES: Record<string, string> = {
  literals: LITERALS,
  escapes: ESCAPES,
  codePoints: CODE_POINTS,
  template: TEMPLATE,
  sum: "a" + LITERALS + ESCAPES,
  part: LITERALS.substr(0, 2),
  twoByte: "é",
  threeByte: "€",
  fourByte: "😀",
};

function send(question: { url: string; body: string; header: string }): void {
  request({
    url: question.url,
    method: "POST",
    headers: { "X-Text": question.header },
    body: question.body,
    verify: "none",
  }, (error: BoardError | undefined, response?: Response) => answer(error || response!.body));
}

offer("sendBody", (question: { url: string; name: string }) => {
  send({ url: question.url, body: BODIES[question.name]!, header: BODIES[question.name]! });
});

offer("sendJson", (question: { url: string }) => {
  send({ url: question.url, body: stringify(DOCUMENT), header: "€" });
});

// JSON.parse makes characters above 0xFF on firmware with Unicode support, and bytes on firmware without.
offer("sendParsed", (question: { url: string; json: string }) => {
  const text = JSON.parse(question.json);
  send({ url: question.url, body: text, header: text });
});

function attempt(action: () => any): void {
  try {
    answer({ result: action() });
  } catch (error: any) {
    answer({ code: error.code });
  }
}

offer("mix", () => {
  attempt(() => toBytes(JSON.parse("\"\\u20ac\"") + "\xc3\xa9"));
});

const cycle: any = { name: "loop" };
cycle.self = cycle;

const REFUSED: Record<string, () => any> = {
  "half a character": () => "\xc3",
  "a byte that starts nothing": () => "a\xffb",
  "a continuation alone": () => "\x80",
  "an overlong form": () => "\xc0\xaf",
  "a surrogate": () => "\xed\xa0\x80",
  "beyond Unicode": () => "\xf5\x80\x80\x80",
  "in a key": () => ({ "\xc3": 1 }),
  "a cycle": () => cycle,
  "a function in an array": () => [attempt],
};

offer("refuse", (question: { name: string }) => {
  attempt(() => stringify(REFUSED[question.name]!()));
});

join({ wifi: { ssid: "virtual-ap", password: "virtual-password" } }, (error: BoardError | undefined) => answer(error || "ready"));
