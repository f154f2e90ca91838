import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { test } from "node:test";
import { finishHandshake, receiveCertificates } from "../../../../scripts/board/node-engine/memory/tls-handshake.ts";
import { TLS_LAYOUT_NAMES } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { releaseTls } from "../../../../scripts/board/node-engine/memory/tls-release.ts";
import { createAuthority, issueCertificate, selfSignedCertificate } from "../../../../scripts/cloud/certificate-authority.ts";
import { createImage, type TestImage } from "./image-of-fixture.ts";

const LENGTH = 4;
const POINTER = 8;
const STOCK_BLOCK_BYTES = 18;

const authority = await createAuthority();
const intermediate = await issueCertificate(authority, { commonName: "between", isAuthority: true });
const server = await issueCertificate(intermediate, { names: ["a.example", "b.example"], ipAddresses: ["127.0.0.1"] });
const client = await issueCertificate(authority, { names: ["board.example"], usage: "client" });
const elliptic = await selfSignedCertificate({ names: ["elliptic.example"], keyType: "ec" });

const MATERIAL = {
  "a CA": { ca: authority.der },
  "a CA with an elliptic key": { ca: elliptic.der },
  "a CA, a certificate and its key": { ca: authority.der, certificate: client.der, key: createPrivateKey(client.keyPem) },
  "an elliptic key": { ca: authority.der, certificate: elliptic.der, key: createPrivateKey(elliptic.keyPem) },
  nothing: {},
};

/** The host-name word takes the raw buffer of a certificate, which takes the stock block. */
function swapName({ image, layout }: TestImage): void {
  const raw = layout.caCertificate + layout.certificate.raw;
  const stock = image.context.word(layout.context.hostName);
  image.context.setWord(layout.context.hostName, image.structure.word(raw + POINTER));
  image.structure.setWord(raw + POINTER, stock);
  image.structure.setWord(raw + LENGTH, STOCK_BLOCK_BYTES);
}

for (const name of TLS_LAYOUT_NAMES) {
  for (const [what, material] of Object.entries(MATERIAL)) {
    for (const swap of "ca" in material ? [false, true] : [false]) {
      test(`${name}, ${what}${swap ? ", name swapped" : ""}: all is freed once in every stage`, () => {
        const steps = [() => undefined, receiveChain, ({ image }: TestImage) => finishHandshake(image)];
        for (let count = 1; count <= steps.length; count++) {
          const made = createImage(name, material);
          if (swap) swapName(made);
          for (const step of steps.slice(0, count)) step(made);
          releaseTls(made.image);
          assert.deepEqual(made.faults, []);
          assert.deepEqual(made.memory.heap.blocks(), []);
          assert.deepEqual(new Uint8Array(made.image.flatString.buffer, 400, 400), new Uint8Array(400));
        }
      });
    }
  }

  test(`${name}: the CA chain ${name === "hardware-aes" ? "goes" : "stays"} when the server's certificate has been checked`, () => {
    const made = createImage(name, { ca: authority.der });
    receiveChain(made);
    const { configuration } = made.layout;
    const isGone = made.image.configuration.word(configuration.caChain) === 0;
    const ownsBlocks = made.memory.heap.blocks().some(({ owner }) => owner.startsWith("raw bytes of CA"));
    assert.deepEqual([isGone, ownsBlocks], name === "hardware-aes" ? [true, false] : [false, true]);
  });
}

function receiveChain({ image }: TestImage): void {
  receiveCertificates(image, [server.der, intermediate.der]);
}
