import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { DeviceShadow, ShadowError } from "../../scripts/cloud/device-shadow.ts";

interface Document {
  state: Record<string, Record<string, unknown>>;
  metadata: Record<string, Record<string, unknown>>;
  version: number;
  timestamp: number;
}

let shadow: DeviceShadow;
beforeEach(() => (shadow = new DeviceShadow("lamp")));

function update(document: unknown, nowS = 100): Document {
  return shadow.update(Buffer.from(JSON.stringify(document)), nowS) as Document;
}

function get(nowS = 100): Document {
  return shadow.get(nowS) as Document;
}

function refuses(act: () => unknown, status: number, message: string): void {
  assert.throws(act, (error) => error instanceof ShadowError && error.status === status && error.message === message);
}

describe("update", () => {
  test("answers with what was sent, in the service's order of keys", () => {
    const answer = update({ state: { desired: { prop1: "12" }, reported: {} } });
    const expected =
      '{"state":{"desired":{"prop1":"12"},"reported":{}},' +
      '"metadata":{"desired":{"prop1":{"timestamp":100}},"reported":{}},"version":1,"timestamp":100}';
    assert.equal(JSON.stringify(answer), expected);
  });

  test("merges deep, replaces arrays whole, and leaves what is not named", () => {
    update({ state: { desired: { light: { on: true, color: { r: 1, g: 2 } }, list: [1, 2, 3], other: 5 } } });
    update({ state: { desired: { light: { color: { g: 9 } }, list: [7] }, reported: { other: 4 } } });
    const { desired, reported } = get().state;
    assert.deepEqual(desired, { light: { on: true, color: { r: 1, g: 9 } }, list: [7], other: 5 });
    assert.deepEqual(reported, { other: 4 });
  });

  test("null deletes a value and its metadata, at any depth, and a whole section", () => {
    update({ state: { desired: { a: 1, b: { c: 2, d: 3 } }, reported: { a: 1 } } });
    update({ state: { desired: { a: null, b: { c: null } }, reported: null } });
    const { state, metadata } = get();
    assert.deepEqual([state.desired, metadata.desired], [{ b: { d: 3 } }, { b: { d: { timestamp: 100 } } }]);
    assert.deepEqual(["reported" in state, "reported" in metadata], [false, false]);
  });

  test("every value has the time it was written at, also when it was written alike", () => {
    update({ state: { reported: { a: 1, b: 2, c: { d: 3 } } } }, 100);
    update({ state: { reported: { b: 2, c: { e: 4 } } } }, 200);
    const { metadata, timestamp } = get(300);
    const at = (timestamp: number): object => ({ timestamp });
    assert.deepEqual(metadata.reported, { a: at(100), b: at(200), c: { d: at(100), e: at(200) } });
    assert.equal(timestamp, 300);
  });

  test("a value that becomes an object, and back, leaves no metadata of its former self", () => {
    update({ state: { desired: { a: 1 } } });
    update({ state: { desired: { a: { b: 2 } } } }, 200);
    assert.deepEqual(get().metadata.desired, { a: { b: { timestamp: 200 } } });
    update({ state: { desired: { a: 3 } } }, 300);
    assert.deepEqual(get().metadata.desired, { a: { timestamp: 300 } });
  });

  test("counts versions, and refuses another than the newest", () => {
    assert.equal(update({ state: { desired: { a: 1 } } }).version, 1);
    assert.equal(update({ state: { desired: { a: 2 } }, version: 1 }).version, 2);
    refuses(() => update({ state: { desired: { a: 3 } }, version: 1 }), 409, "Version conflict");
    refuses(() => update({ state: { desired: { a: 3 } }, version: 3 }), 409, "Version conflict");
    assert.deepEqual([get().state.desired, get().version], [{ a: 2 }, 2]);
  });

  test("gives a client token back", () => {
    assert.equal((update({ state: {}, clientToken: "t-1" }) as { clientToken?: string }).clientToken, "t-1");
    assert.equal("clientToken" in update({ state: {} }), false);
  });

  const nested = (depth: number): unknown => (depth === 0 ? 1 : { n: nested(depth - 1) });
  const wrong: [what: string, document: unknown, status: number, message: string][] = [
    ["no object", [1], 400, "Invalid JSON"],
    ["no state", { desired: {} }, 400, "Missing required node: state"],
    ["a string for state", { state: "on" }, 400, "State node must be an object"],
    ["a string for desired", { state: { desired: "on" } }, 400, "Desired node must be an object"],
    ["an array for reported", { state: { reported: [] } }, 400, "Reported node must be an object"],
    ["another section", { state: { wanted: {} } }, 400, "State contains an invalid node: 'wanted'"],
    ["null in an array", { state: { desired: { list: [1, null] } } }, 400, "State contains an invalid node: 'list'"],
    ["a version in text", { state: {}, version: "1" }, 400, "Invalid version"],
    ["a long client token", { state: {}, clientToken: "x".repeat(65) }, 400, "Invalid clientToken"],
    ["7 levels", { state: { desired: nested(8) } }, 400, "JSON contains too many levels of nesting; maximum is 6"],
    ["over 8 KB", { state: { desired: { a: "x".repeat(8_200) } } }, 413, "The payload exceeds the maximum size allowed"],
  ];
  for (const [what, document, status, message] of wrong) {
    test(`${what}: ${status}, and nothing is changed`, () => {
      refuses(() => update(document), status, message);
      refuses(() => get(), 404, "No shadow exists with name: 'lamp'");
    });
  }

  test("bytes that are no JSON or no UTF-8 are refused", () => {
    refuses(() => shadow.update(Buffer.from('{"state":'), 1), 400, "Invalid JSON");
    const latin1 = Buffer.from('{"state":{"desired":{"a":"\u00e9"}}}', "latin1");
    refuses(() => shadow.update(latin1, 1), 415, "Unsupported documented encoding; supported encoding is UTF-8");
  });

  test("small updates may not add up to more than 8 KB either", () => {
    update({ state: { desired: { a: "x".repeat(5_000) } } });
    const more = { state: { desired: { b: "x".repeat(5_000) } } };
    refuses(() => update(more), 413, "The payload exceeds the maximum size allowed");
  });
});

describe("get", () => {
  test("shows what is desired and not reported so: of objects only the values that differ", () => {
    update({ state: {
      desired: { same: 1, other: 2, missing: 3, list: [1, 2], light: { on: true, color: { r: 1, g: 2 } }, kind: { a: 1 } },
      reported: { same: 1, other: 5, list: [1], light: { on: true, color: { r: 1, g: 3 } }, kind: "a", extra: 9 },
    } });
    const expected = { other: 2, missing: 3, list: [1, 2], light: { color: { g: 2 } }, kind: { a: 1 } };
    assert.deepEqual(get().state.delta, expected);
  });

  test("leaves the delta out where there is none", () => {
    update({ state: { desired: { a: { b: 1 } }, reported: { a: { b: 1, c: 2 }, d: 3 } } });
    assert.deepEqual(Object.keys(get().state), ["desired", "reported"]);
  });

  test("has the service's order of keys", () => {
    update({ state: { reported: { a: 1 }, desired: { a: 2 } } });
    assert.deepEqual(Object.keys(get()), ["state", "metadata", "version", "timestamp"]);
    assert.deepEqual(Object.keys(get().state), ["desired", "reported", "delta"]);
  });

  test("what was never written is not there", () => refuses(() => get(), 404, "No shadow exists with name: 'lamp'"));

  test("a name that JavaScript has a use for is a name like others", () => {
    shadow.update(Buffer.from('{"state":{"desired":{"__proto__":{"a":1},"constructor":2}}}'), 1);
    assert.match(JSON.stringify(get().state.desired), /^\{"__proto__":\{"a":1\},"constructor":2\}$/);
  });
});

test("delete removes it, and the next version counts on", () => {
  update({ state: { desired: { a: 1 } } });
  assert.deepEqual(shadow.delete(200), { version: 1, timestamp: 200 });
  refuses(() => get(), 404, "No shadow exists with name: 'lamp'");
  refuses(() => shadow.delete(200), 404, "No shadow exists with name: 'lamp'");
  update({ state: { reported: { b: 1 } } });
  assert.deepEqual([get().version, get().state], [2, { reported: { b: 1 } }]);
});
