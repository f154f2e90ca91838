import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SERVER_CASES } from "../../scripts/selftest/cases.ts";
import { compareRandoms, type Examination, type Finding } from "../../scripts/selftest/findings.ts";
import { judge } from "../../scripts/selftest/judge.ts";
import { reportText } from "../../scripts/selftest/report.ts";

const REFUSED = { accepted: false, message: "m", connections: 1, requestBytes: 0 };

/** What a board gives on which everything is as it should be. */
function perfect(): Examination {
  return {
    board: { board: "ESP32", version: "2v29", commit: "c" },
    servers: SERVER_CASES.map((wanted) => {
      const accepted: Finding = { accepted: true, code: undefined, message: undefined, connections: 1, serverName: wanted.host, requestBytes: 99 };
      const refused: Finding = { ...REFUSED, code: wanted.refusals[0], serverName: wanted.host };
      return { wanted, findings: { stock: { ...accepted, serverName: "mbed TLS Server 1" }, hardened: wanted.refusals.length > 0 ? refused : accepted } };
    }),
    randoms: { stock: "same", hardened: "different" },
    breakdowns: [],
  };
}

function hardened(examination: Examination, id: string): Finding {
  return examination.servers.find(({ wanted }) => wanted.id === id)!.findings.hardened;
}

/** Judges after a change. */
function reasonsAfter(change: (examination: Examination) => void): string[] {
  const examination = perfect();
  change(examination);
  const { passed, reasons } = judge(examination);
  assert.equal(passed, reasons.length === 0);
  return reasons;
}

describe("the judgement of a selftest", () => {
  test("passes a board that accepts exactly the right servers, whatever stock firmware does", () => {
    assert.deepEqual(judge(perfect()), { passed: true, reasons: [] });
  });

  for (const { id, title, refusals } of SERVER_CASES) {
    const isRight = refusals.length === 0;
    test(`fails when the server "${title}" is ${isRight ? "refused" : "accepted"}`, () => {
      const reasons = reasonsAfter((examination) => {
        Object.assign(hardened(examination, id), isRight ? { accepted: false, code: "E_HANDSHAKE" } : { accepted: true, code: undefined });
      });
      assert.equal(reasons.length, 1);
      assert.match(reasons[0]!, isRight ? /right server was refused/ : /wrong server was accepted/);
      assert.ok(reasons[0]!.includes(title));
    });
  }

  test("fails when bytes reached a server that was then refused", () => {
    const reasons = reasonsAfter((examination) => void (hardened(examination, "expired").requestBytes = 7));
    assert.deepEqual(reasons, ["7 bytes of a request reached a wrong server (expired)."]);
  });

  test("does not take any refusal for verification", () => {
    const reasons = reasonsAfter((examination) => void (hardened(examination, "wrong-ca").code = "E_TIMEOUT_HANDSHAKE"));
    assert.match(reasons.join(), /another reason than its certificate \(another CA\), which proves nothing: E_TIMEOUT_HANDSHAKE/);
  });

  test("fails when the right server was asked for by the firmware's name, or by none", () => {
    for (const serverName of ["mbed TLS Server 1", undefined]) {
      const reasons = reasonsAfter((examination) => void (hardened(examination, "long-name").serverName = serverName));
      assert.match(reasons.join(), /wrong name .* instead of a-name-that-does-not-fit-in-place\.test/);
    }
  });

  test("fails when hardened boots begin alike, but not when that cannot be measured", () => {
    assert.match(reasonsAfter(({ randoms }) => void (randoms.hardened = "same")).join(), /same ClientHello random/);
    assert.match(reasonsAfter(({ randoms }) => void (randoms.hardened = "not seen")).join(), /second boot/);
    assert.deepEqual(reasonsAfter(({ randoms }) => void (randoms.hardened = "not measurable")), []);
  });

  test("gives one reason for a firmware that is not recognised", () => {
    const reasons = reasonsAfter(({ servers, randoms }) => {
      for (const { findings } of servers) Object.assign(findings.hardened, { ...REFUSED, code: "E_TLS_LAYOUT", message: "board LINUX" });
      randoms.hardened = "not seen";
    });
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, /not recognised \(E_TLS_LAYOUT: board LINUX\).*64-bit/);
  });

  test("gives one reason for a computer that the board does not reach", () => {
    const reasons = reasonsAfter(({ servers }) => {
      for (const { findings } of servers) findings.stock = findings.hardened = { ...REFUSED, code: "E_CONNECT", serverName: undefined };
    });
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, /firewall/);
  });

  test("a board that broke off in the middle has not passed, and what is missing is named", () => {
    const examination = perfect();
    Object.assign(hardened(examination, "long-name"), { ...REFUSED, code: "no result", connections: 0 });
    examination.breakdowns.push("After 11 connections the program broke off: away");
    const { reasons } = judge(examination);
    assert.deepEqual(reasons, ["After 11 connections the program broke off: away", "The program did not come to: name over 17 letters."]);
  });
});

test("the table marks what is not as it should be, and a refusal that proves nothing", () => {
  const examination = perfect();
  Object.assign(hardened(examination, "self-signed"), { code: "E_CONNECT", connections: 0 });
  const text = reportText(examination, judge(examination));
  assert.match(text, /^expired +stock +accepted +NO +99 bytes +mbed TLS Server 1\n +hardened +E_CERT_EXPIRED +yes +0 bytes +expired\.test$/m);
  assert.match(text, /^self-signed .*\n +hardened +E_CONNECT +unproven +- +-$/m);
  assert.match(text, /^FAILED:$/m);
});

test("randoms are compared without the time in their first four bytes", () => {
  const meeting = (time: number, rest: number): { serverName: undefined; random: Buffer; requestBytes: number } =>
    ({ serverName: undefined, random: Buffer.concat([Buffer.alloc(4, time), Buffer.alloc(28, rest)]), requestBytes: 0 });
  assert.equal(compareRandoms(meeting(1, 7), meeting(2, 7)), "same");
  assert.equal(compareRandoms(meeting(1, 7), meeting(1, 8)), "different");
  assert.equal(compareRandoms(meeting(1, 7), undefined), "not seen");
});
