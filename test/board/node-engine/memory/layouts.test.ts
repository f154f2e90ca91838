import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { finishHandshake, receiveCertificates } from "../../../../scripts/board/node-engine/memory/tls-handshake.ts";
import { tlsLayout } from "../../../../scripts/board/node-engine/memory/layouts.ts";
import { type FirmwareHeap, GENERATIONS, readFirmwareHeap, stateWord } from "../../../tls/firmware-fixture.ts";
import { createImage, fixtureCa, fixtureChain, fixtureWord, structureAt, type TestImage } from "./image-of-fixture.ts";
import { type AddressSpace, kindOf } from "./word-kinds.ts";

const WORD_BYTES = 4;
const PEER_NAME = Buffer.from("localhost");

for (const generation of GENERATIONS) {
  const layout = tlsLayout(generation);

  describe(`memory of mbedTLS ${generation}`, () => {
    test("before the handshake every word is what the real interpreter had", () => {
      const fixture = readFirmwareHeap(generation, "before");
      const made = createImage(generation, { ca: fixtureCa(fixture, layout) });
      assert.equal(layout.bytes, fixture.state.length);
      for (let offset = 0; offset < layout.bytes; offset += WORD_BYTES) compare(offset, made, fixture);
    });

    test("the host name and the blocks of the TLS context are where the context says", () => {
      const fixture = readFirmwareHeap(generation, "before");
      const { image, memory } = createImage(generation, { ca: fixtureCa(fixture, layout) });
      const hostName = image.context.word(layout.context.hostName);
      assert.equal(stateWord(fixture, layout.context.offset + layout.context.hostName), fixture.hostnameAddresses[0]);
      assert.equal(Buffer.from(memory.ram.read(hostName, 18)).toString(), "mbed TLS Server 1\0");
      assert.equal(memory.heap.blocks().find(({ address }) => address === hostName)?.bytes, 18);
    });

    test("after the handshake every word outside the record layer is", () => {
      const fixture = readFirmwareHeap(generation, "after");
      const made = finished(fixture);
      for (let offset = 0; offset < layout.bytes; offset += WORD_BYTES) {
        if (!isPassing(offset)) compare(offset, made, fixture);
      }
      assert.notDeepEqual(made.image.generatorBytes(), made.image.stockSeed);
    });

    test("after the handshake every word of the peer's certificate structures is", () => {
      const fixture = readFirmwareHeap(generation, "after");
      const made = finished(fixture);
      let address = peerCertificateOf(made);
      for (const [index, { address: real }] of peerChain(fixture).entries()) {
        const structure = structureAt(made.memory, address);
        for (let offset = 0; offset < layout.certificate.bytes; offset += WORD_BYTES) {
          const [made_, real_] = [structure.word(offset), fixtureWord(fixture, real + offset)];
          assert.equal(kindOf(made_, spaceOfImage(made)), kindOf(real_, spaceOfFixture(fixture)), `word ${offset} of ${index}`);
        }
        address = structure.word(layout.certificate.next);
      }
      assert.equal(address, 0);
    });
  });

  /** Finished messages, counters, and the buffers' read and write positions move with every record. */
  function isPassing(offset: number): boolean {
    const { context, generator, configuration } = layout;
    const inContext = offset - context.offset;
    const inGenerator = offset - generator.offset;
    if (inGenerator >= 0 && inGenerator < generator.entropyFunction) return offset - generator.offset !== generator.entropyBytes;
    if (inContext < 0 || inContext >= configuration.offset - context.offset) return false;
    const isRecordLayer = inContext >= context.inBuffer && inContext < context.hostName;
    return isRecordLayer || (context.verifyDataLength !== undefined && inContext > context.verifyDataLength);
  }

  function finished(fixture: FirmwareHeap): TestImage {
    const made = createImage(generation, { ca: fixtureCa(fixture, layout) });
    receiveCertificates(made.image, peerChain(fixture).map(({ der }) => der));
    made.image.context.setWords(layout.context.majorVersion, [3, 3]);
    finishHandshake(made.image);
    return made;
  }

  function peerCertificateOf({ image, memory }: TestImage): number {
    const session = image.context.word(layout.context.session);
    return memory.ram.word(session + layout.session.peerCertificate);
  }

  function peerChain(fixture: FirmwareHeap): { address: number; der: Uint8Array }[] {
    const session = stateWord(fixture, layout.context.offset + layout.context.session);
    const chain = fixtureChain(fixture, fixtureWord(fixture, session + layout.session.peerCertificate), layout);
    assert.ok(Buffer.from(chain[0]!.der).includes(PEER_NAME), "the fixture's session points to the server's certificate");
    return chain;
  }

  function compare(offset: number, made: TestImage, fixture: FirmwareHeap): void {
    const expected = kindOf(stateWord(fixture, offset), spaceOfFixture(fixture));
    assert.equal(kindOf(made.image.structure.word(offset), spaceOfImage(made)), expected, `word ${offset}`);
  }

  function spaceOfImage({ image, memory }: TestImage): AddressSpace {
    const isRaw = (owner: string): boolean => owner.startsWith("raw bytes");
    const blocks = memory.heap.blocks();
    return {
      state: { address: image.flatString.address, length: layout.bytes },
      isHeap: (address) => blocks.some((block) => address >= block.address && address < block.address + block.bytes),
      rawBuffers: blocks.filter(({ owner }) => isRaw(owner)).map(({ address, bytes }) => ({ address, length: bytes })),
    };
  }

  function spaceOfFixture(fixture: FirmwareHeap): AddressSpace {
    const { heapStart, bytes, state } = fixture;
    const ca = layout.caCertificate + layout.certificate.raw;
    const rawBuffers = [{ address: stateWord(fixture, ca + 8), length: stateWord(fixture, ca + 4) }];
    if (fixture.peerCertificateAddresses.length > 0) {
      for (const { address, der } of peerChain(fixture)) {
        rawBuffers.push({ address: fixtureWord(fixture, address + layout.certificate.raw + 8), length: der.length });
      }
    }
    const isHeap = (address: number): boolean => address >= heapStart && address < heapStart + bytes.length;
    return { state, isHeap, rawBuffers };
  }
}

test("the generator is seeded bit for bit as the firmware's own", () => {
  for (const generation of GENERATIONS) {
    const layout = tlsLayout(generation);
    const fixture = readFirmwareHeap(generation, "before");
    const { image } = createImage(generation, { ca: fixtureCa(fixture, layout) });
    const end = layout.generator.offset + layout.generator.entropyFunction;
    const words = Array.from({ length: (end - 8) / WORD_BYTES }, (_each, i) => 8 + i * WORD_BYTES);
    for (const offset of words.filter((each) => each !== 44)) {
      assert.equal(image.structure.word(offset), stateWord(fixture, offset), `${generation}, word ${offset}`);
    }
  }
});

test("with Espressif's AES context the parts are where FIRMWARE-TLS.md expects them", () => {
  const { image, layout } = createImage("hardware-aes", {});
  const { caCertificate, context, configuration, bytes } = layout;
  assert.deepEqual([caCertificate, context.offset, configuration.offset, bytes], [436, 780, 1020, 1220]);
  const start = image.structure.address;
  const pointers = [context.offset, context.offset + context.io, configuration.offset + configuration.generator];
  const targets = [...pointers, configuration.offset + configuration.caChain].map((each) => image.structure.word(each) - start);
  assert.deepEqual(targets, [1020, 0, 8, 436]);
  const own = Array.from({ length: bytes / 4 }, (_each, i) => image.structure.word(4 * i) - start);
  assert.equal(own.filter((each) => each >= 0 && each < bytes).length, 4, "no other word points into the structure");
  assert.equal(image.structure.byte(40), 32);
});
