import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { loadPureModules, type Outgoing } from "./pure-modules.ts";

/** The largest piece that the firmware sends well. */
const PIECE_BYTES = 1024;
const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");
const loaded = await loadPureModules();

for (const [form, { modules, storage, printed }] of Object.entries(loaded)) {
  const { stringify, withDefaults, DEADLINES, createOutgoing, nextPiece, originOf, outgoingOf, routeTo, readSettings, toBytes, parseUrl } = modules;

  /** For assert.throws: an error of this project that names `about`. */
  const refusal = (code: string, about = "") => (error: { code: string; message: string }) => {
    assert.deepEqual([error.code, error.message.includes(about)], [code, true], JSON.stringify(error));
    return true;
  };

  describe(`pure modules, ${form}`, () => {
    beforeEach(() => {
      for (const name of Object.keys(storage)) delete storage[name];
      printed.length = 0;
    });

    for (const [url, expected] of Object.entries({
      "https://example.com": [true, "example.com", 443, "/"],
      "http://example.com": [false, "example.com", 80, "/"],
      "https://example.com/": [true, "example.com", 443, "/"],
      "https://example.com:8443/a/b?c=d&e=%20": [true, "example.com", 8443, "/a/b?c=d&e=%20"],
      "https://example.com?q=1": [true, "example.com", 443, "/?q=1"],
      "https://example.com?q=/1": [true, "example.com", 443, "/?q=/1"],
      "https://example.com/#top": [true, "example.com", 443, "/"],
      "https://example.com#/top?x": [true, "example.com", 443, "/"],
      "https://example.com/a?b?c": [true, "example.com", 443, "/a?b?c"],
      "http://127.0.0.1:1/": [false, "127.0.0.1", 1, "/"],
      "https://example.com/a:b": [true, "example.com", 443, "/a:b"],
    })) {
      test(`parseUrl takes ${url} apart`, () => {
        const { secure, host, port, path } = parseUrl(url);
        assert.deepEqual([secure, host, port, path], expected);
      });
    }

    for (const url of ["", "example.com", "ftp://example.com/", "//example.com", "HTTPS//x", "https:/example.com", "https://a:b:c/", "https://a:x/", "https://a:-1/", "https://[::1]/"]) {
      test(`parseUrl refuses ${JSON.stringify(url)}`, () => assert.throws(() => parseUrl(url), refusal("E_OPTION", "url")));
    }

    // What parseUrl lets pass, the serialiser of the request still checks.
    for (const url of ["https://", "https:///path", "https://user:1@example.com/", "https://user@example.com/", "https://exa mple.com/", "https://example.com/a b", "https://example.com:0/", "https://example.com:65536/", "https://example.com/\r\nX: y"]) {
      test(`a request for ${JSON.stringify(url)} is refused`, () => {
        assert.throws(() => outgoingOf({ headers: {}, ...originOf({ url }) }), refusal("E_OPTION"));
      });
    }

    test("originOf takes the parts of a URL, secure unless told otherwise", () => {
      assert.deepEqual(originOf({ host: "a.example" }), { secure: true, host: "a.example", port: 443, path: "/" });
      assert.deepEqual(originOf({ hostname: "a.example", protocol: "http:", path: "/x" }), { secure: false, host: "a.example", port: 80, path: "/x" });
      assert.deepEqual(originOf({ host: "b.example", hostname: "a.example", port: 8443 }), { secure: true, host: "b.example", port: 8443, path: "/" });
      assert.throws(() => originOf({ host: "a.example", protocol: "https" }), refusal("E_OPTION", "protocol"));
    });

    test("withDefaults puts what is given over the defaults, and refuses what is no number", () => {
      assert.deepEqual(withDefaults({ a: 1, b: 2 }, { b: 3 }), { a: 1, b: 3 });
      assert.deepEqual(withDefaults({ a: 1 }), { a: 1 });
      for (const wrong of ["soon", -1, NaN, {}, undefined]) {
        assert.throws(() => withDefaults(DEADLINES, { idleMs: wrong }), refusal("E_OPTION", "idleMs"), String(wrong));
      }
    });

    test("withDefaults leaves the defaults as they are", () => {
      const before = { ...DEADLINES };
      withDefaults(DEADLINES, { idleMs: 1 });
      assert.deepEqual({ ...DEADLINES }, before);
    });

    test("routeTo maps a host and port exactly, and only mapped hosts get an anchor and pins", () => {
      const settings = {
        connectTo: { "a.example:443": "127.0.0.1:4433" },
        trustAnchors: { "a.example:443": "ca.der", "b.example:443": "ca.der" },
        pins: { "a.example:443": ["aa"], "b.example:443": ["bb"] },
      };
      storage["ca.der"] = "DER";
      const mapped = routeTo(settings, "a.example", 443);
      assert.deepEqual([mapped.host, mapped.port, mapped.ca?.(), mapped.pins], ["127.0.0.1", 4433, "DER", ["aa"]]);
      assert.deepEqual(printed, ["trust anchor from settings: ca.der for a.example:443", "pins from settings for a.example:443"]);
      printed.length = 0;
      for (const [host, port] of [["b.example", 443], ["a.example", 80], ["A.example", 443]] as const) {
        const { ca, pins, ...where } = routeTo(settings, host, port);
        assert.deepEqual([where, ca, pins], [{ host, port }, undefined, undefined]);
      }
      assert.deepEqual(printed, []);
    });

    test("routeTo refuses a mapping without address or port, and an anchor that is not there", () => {
      for (const target of ["127.0.0.1", ":443", "a:", "a:x", "", "a:0", "a:-1"]) {
        assert.throws(() => routeTo({ connectTo: { "a:1": target } }, "a", 1), refusal("E_SETTINGS", "a:1"), target);
      }
      const { ca } = routeTo({ connectTo: { "a:1": "b:2" }, trustAnchors: { "a:1": "no.der" } }, "a", 1);
      assert.throws(() => ca!(), refusal("E_SETTINGS", "no.der"));
    });

    test("readSettings takes a JSON object and nothing else", () => {
      storage["settings.json"] = '{"verify":"none"}';
      assert.deepEqual(readSettings(), { verify: "none" });
      for (const bad of [undefined, "{", "null", '"text"', "5"]) {
        if (bad === undefined) delete storage["settings.json"];
        else storage["settings.json"] = bad;
        assert.throws(() => readSettings(), refusal("E_SETTINGS", "settings.json"), String(bad));
      }
    });

    test("toBytes leaves bytes alone, encodes what is above them, and refuses the mixture", () => {
      assert.equal(toBytes("abc\x00\x7f"), "abc\x00\x7f");
      assert.equal(toBytes("\xe9\xff"), "\xe9\xff");
      assert.equal(toBytes(bytesOf("é€😀")), bytesOf("é€😀"));
      assert.equal(toBytes("é€😀"), bytesOf("é€😀"));
      assert.throws(() => toBytes(`€${bytesOf("é")}`), refusal("E_TEXT_MIXED"));
      for (const half of ["\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d"]) assert.throws(() => toBytes(half), refusal("E_TEXT_INVALID"));
    });

    test("toBytes agrees with Node's UTF-8 on every text above bytes, and changes no bytes", () => {
      fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
        if (!/[^\x00-\xff]/.test(text)) assert.equal(toBytes(text), text);
        else assert.ok([bytesOf(text), "E_TEXT_MIXED"].includes(bytesOrCode(() => toBytes(text))));
      }));
    });

    test("stringify gives JSON of the same value, in UTF-8, for strings that hold UTF-8", () => {
      fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const json = stringify(asBytes(value));
        assert.deepEqual(JSON.parse(Buffer.from(json, "latin1").toString("utf8")), JSON.parse(JSON.stringify(value)));
      }));
    });

    // On the computer a Latin-1 character is a character, on the board a byte; both mean this byte string.
    test("stringify refuses strings that are not UTF-8, cycles, and functions in arrays", () => {
      const cycle: Record<string, unknown> = {};
      cycle["self"] = cycle;
      assert.throws(() => stringify(cycle));
      assert.equal(stringify("\\u00C3\\u00A9"), '"\\\\u00C3\\\\u00A9"');
    });

    const pieces = (source: (string | undefined)[]): (() => string | undefined) => () => source.shift();
    const all = (outgoing: Outgoing): string[] => {
      const list: string[] = [];
      for (let piece = nextPiece(outgoing); piece !== undefined; piece = nextPiece(outgoing)) list.push(piece);
      return list;
    };

    test("pieces are at most a kilobyte, and nothing is lost or added", () => {
      fc.assert(fc.property(fc.nat({ max: 5000 }), fc.array(fc.nat({ max: 3000 }), { maxLength: 5 }), (headBytes, sizes) => {
        const head = "h".repeat(headBytes);
        const body = sizes.map((size) => "b".repeat(size));
        const owed = sizes.reduce((sum, size) => sum + size, 0);
        const sent = all(createOutgoing(head, pieces([...body]), owed));
        assert.equal(sent.join(""), head + body.join(""));
        assert.ok(sent.every((piece) => piece.length <= PIECE_BYTES));
      }));
    });

    test("without a length each piece is a chunk, and empty ones are none (they would end the body)", () => {
      assert.equal(all(createOutgoing("", pieces(["a", "", "x".repeat(26)]), undefined)).join(""), `1\r\na\r\n1a\r\n${"x".repeat(26)}\r\n0\r\n\r\n`);
      assert.equal(all(createOutgoing("", pieces([]), undefined)).join(""), "0\r\n\r\n");
    });

    test("lengths are counted in bytes after the text rule", () => {
      assert.equal(all(createOutgoing("", pieces(["€"]), 3)).join(""), bytesOf("€"));
      assert.equal(all(createOutgoing("", pieces(["€"]), undefined)).join(""), `3\r\n${bytesOf("€")}\r\n0\r\n\r\n`);
    });

    test("too few and too many bytes are refused, too many before the last piece is given", () => {
      assert.throws(() => all(createOutgoing("", pieces(["ab"]), 3)), refusal("E_BODY_LENGTH", "1"));
      assert.throws(() => all(createOutgoing("", pieces(["abcd"]), 3)), refusal("E_BODY_LENGTH", "-1"));
      const outgoing = createOutgoing("", pieces(["abc", "d"]), "3");
      assert.throws(() => nextPiece(outgoing), refusal("E_BODY_LENGTH", "-1"));
    });

    const origin = { secure: true, host: "a.example", port: 443, path: "/" };
    const head = (options: object): string => nextPiece(outgoingOf({ ...options, ...origin }))!;

    test("parseObject gives nothing of what could become a prototype, however it is spelt", () => {
      for (const text of ['{"__proto__":5,"a":1}', '{"a":{"\\u005f_proto__":5}}', '{"__p\\u0072oto__":5}']) assert.deepEqual(modules.parseObject(text), {});
      assert.deepEqual(modules.parseObject('{"proto":"\\u00e9","a":[1]}'), { proto: "\u00e9", a: [1] });
    });

    test("a body from a function needs its length or chunks", () => {
      assert.throws(() => outgoingOf({ method: "POST", headers: {}, body: () => undefined, ...origin }), refusal("E_OPTION", "Content-Length"));
      const chunked = { method: "POST", httpVersion: "1.1", headers: { "transfer-encoding": "chunked" }, body: () => undefined };
      assert.match(head(chunked), /\r\ntransfer-encoding: chunked\r\n/);
      assert.doesNotMatch(head(chunked), /Content-Length/);
      assert.match(head({ method: "POST", headers: { "CONTENT-length": 5 }, body: () => undefined }), /\r\nCONTENT-length: 5\r\n/);
    });

    test("a User-Agent is sent, the program's own where it has one", () => {
      assert.match(head({ headers: {} }), /\r\nUser-Agent: espruino-https\r\n/);
      assert.equal(head({ headers: { "user-agent": "mine" } }).match(/user-agent/gi)!.length, 1);
    });

    test("turns come one after the other, in order, and never synchronously", async () => {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        const take = (name: string, done?: () => void): unknown => {
          const turn = modules.takeTurn(() => {
            order.push(name);
            setTimeout(() => {
              order.push(`${name} ends`);
              modules.endTurn(turn);
              done?.();
            }, 1);
          });
          return turn;
        };
        take("a");
        const givenUp = take("given up");
        take("b");
        take("c", resolve);
        modules.endTurn(givenUp);
        order.push("asked");
      });
      assert.deepEqual(order, ["asked", "a", "a ends", "b", "b ends", "c", "c ends"]);
    });

    test("who gives a turn up before it begins lets the next one begin, and who may overlap does not wait", async () => {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        const first = modules.takeTurn(() => order.push("first"));
        const second = modules.takeTurn(() => {
          order.push("second");
          modules.endTurn(second);
          resolve();
        });
        modules.takeTurn(() => order.push("beside"), true);
        modules.endTurn(first);
      });
      assert.deepEqual(order, ["beside", "second"]);
    });
  });
}

/** The value as it is on the board: every string as the bytes of its UTF-8. */
function asBytes(value: unknown): unknown {
  if (typeof value === "string") return bytesOf(value);
  if (Array.isArray(value)) return value.map(asBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [bytesOf(name), asBytes(each)]));
}

function bytesOrCode(action: () => string): string {
  try {
    return action();
  } catch (error) {
    return (error as { code: string }).code;
  }
}

