// The certificate to embed, for servers with every kind of chain. OpenSSL and what mbedTLS is known to do judge the choice; that mbedTLS
// really does it is in board-verify.test.ts.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { chooseAnchor, type Choice } from "../../scripts/certificates/choose-anchor.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import { makeChains, type Chain } from "./chains.ts";
import { issue, type Issued } from "./issue.ts";
import { opensslVerifies, SKIP_WITHOUT_OPENSSL } from "./openssl.ts";

const chains = await makeChains();
const now = new Date();
let stranger: Issued;
before(async () => { stranger = await issue({ name: "Stranger", key: "p-384-b" }); });

function choose({ sent, roots }: Chain): Choice {
  return chooseAnchor({ sent, roots: new RootStore(roots.map(({ der }) => der)), now });
}

describe("what is chosen", () => {
  for (const chain of chains) {
    test(chain.name, () => {
      const choice = choose(chain);
      if (typeof chain.right === "string") {
        assert.deepEqual({ chosen: choice.chosen?.certificate.name, problem: choice.problem }, { chosen: chain.right, problem: undefined });
        const refused = choice.candidates.filter(({ objection }) => objection).map(({ certificate }) => certificate.name);
        assert.deepEqual(refused.sort(), [...chain.boardRefuses ?? []].sort());
      } else {
        assert.match(choice.problem ?? "", chain.right);
        assert.equal(choice.chosen, undefined);
      }
      if (chain.fault) assert.match(choice.faults.join("\n"), chain.fault);
      else assert.deepEqual(choice.faults, []);
    });
  }

  test("the server's own certificate is never chosen", () => {
    for (const chain of chains) {
      const { chosen } = choose(chain);
      if (chosen && !chain.roots.includes(chain.sent[0]!)) assert.notEqual(chosen.certificate.sha256, chain.sent[0]!.sha256, chain.name);
    }
  });
});

describe("OpenSSL", { skip: SKIP_WITHOUT_OPENSSL }, () => {
  test("verifies every server with what is chosen, and none with another authority", () => {
    const judged = chains.map((chain) => ({ chain, chosen: choose(chain).chosen })).filter(({ chosen }) => chosen);
    assert.ok(judged.length >= 20);
    for (const { chain, chosen } of judged) {
      assert.equal(opensslVerifies(chain.sent, chosen!.certificate), true, chain.name);
      assert.equal(opensslVerifies(chain.sent, stranger), false, chain.name);
    }
  });

  test("verifies with a root what the board cannot: in the wrong order, and up a long chain", () => {
    for (const name of ["wrong order", "12 certificates"]) {
      const chain = chains.find((each) => each.name === name)!;
      assert.equal(opensslVerifies(chain.sent, chain.roots[0]!), true, name);
    }
  });

  test("verifies nothing where every way is out of its dates or leads to no trusted root", () => {
    for (const chain of chains.filter(({ right }) => right instanceof RegExp && /leads over|expired on|does not send/.test(right.source))) {
      for (const root of chain.roots) assert.equal(opensslVerifies(chain.sent, root), false, chain.name);
    }
  });
});

test("a message of certificates that does not fit into a TLS record, or is spread over several, is told before all else", () => {
  const chain = chains[0]!;
  const input = { sent: chain.sent, roots: new RootStore(chain.roots.map(({ der }) => der)), now };
  assert.match(chooseAnchor({ ...input, messageBytes: 16_385 }).problem ?? "", /16385 bytes together\. The board takes 16384/);
  assert.match(chooseAnchor({ ...input, messageBytes: 3_000, isFragmented: true }).problem ?? "", /over several TLS records/);
  assert.equal(chooseAnchor({ ...input, messageBytes: 16_384, isFragmented: false }).problem, undefined);
});
