import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { isSameName, readCertificate, type Certificate } from "./certificate.ts";

/** Roots that are trusted. Reading all of Node's takes a third of a second, so they are read when they are asked for. */
export class RootStore {
  #roots: X509Certificate[];

  /** @param certificates PEM or DER, one certificate each; default: Mozilla's roots as Node ships them */
  constructor(certificates: readonly (string | Buffer)[] = rootCertificates) {
    this.#roots = certificates.map((certificate) => new X509Certificate(certificate));
  }

  /** The roots with this subject, on one line. */
  bySubject(subject: string): Certificate[] {
    return this.#read((root) => isSameName(root.subject.replaceAll("\n", ", "), subject));
  }

  /** Whether this very certificate is one of the roots. */
  has({ sha256 }: Certificate): boolean {
    return this.#roots.some((root) => root.fingerprint256 === sha256);
  }

  /** The roots with this common name, whatever its case. */
  byName(name: string): Certificate[] {
    return this.#read((root) => isSameName(nameOf(root), name.trim()));
  }

  /** Names that have most words of `name`, best first; for "did you mean". */
  namesLike(name: string, limit = 8): string[] {
    const words = wordsOf(name);
    return [...new Set(this.#roots.map(nameOf))]
      .map((each) => ({ each, score: likeness(words, each) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score || one.each.localeCompare(other.each))
      .slice(0, limit)
      .map(({ each }) => each);
  }

  /** These roots and some more. */
  with(more: Certificate[]): RootStore {
    return new RootStore([...this.#roots.map(({ raw }) => raw), ...more.map(({ der }) => der)]);
  }

  #read(wanted: (root: X509Certificate) => boolean): Certificate[] {
    return this.#roots.filter(wanted).map(({ raw }) => readCertificate(raw));
  }
}

/** Where Node's own roots come from, for the head of a file in certs/. */
export const NODE_STORE = `Mozilla's root store as shipped in Node.js ${process.versions.node.split(".")[0]}`;

function nameOf({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", ");
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

function likeness(words: string[], name: string): number {
  const own = wordsOf(name);
  const whole = words.filter((word) => own.includes(word)).length;
  const begun = words.filter((word) => word.length > 2 && !own.includes(word) && own.some((each) => each.includes(word))).length;
  // "root" and "ca" are in nearly every name: one common word out of several says nothing.
  return whole + begun >= Math.min(2, words.length) ? whole + begun / 2 - own.length / 100 : 0;
}
