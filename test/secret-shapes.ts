import { createPrivateKey } from "node:crypto";

/** Files that are secret by their name, wherever they are. */
const SECRET_NAMES = [/(^|\/)settings\.json$/, /\.key$/, /-private\.pem/, /private\.pem\.key/, /\.(p12|pfx|jks)$/, /(^|\/)id_(rsa|ecdsa|ed25519)$/, /(^|\/)\.env$/, /^certs\/device\//];

/** What secrets look like in a text. Words about them, such as a PEM label without a key behind it, are none. */
const SECRET_TEXTS: [string, RegExp][] = [
  ["a private key in PEM", /-----BEGIN [A-Z ]*PRIVATE KEY-----(\\r|\\n|[\s"'`+,])*([\w-]+: [^\n]*\s+)*[A-Za-z\d+/]{40}/],
  ["an AWS access key id", /\b(AKIA|ASIA)[A-Z\d]{16}\b/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z\d]{36}|github_pat_[A-Za-z\d_]{60})/],
  ["a JSON Web Token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ["a bearer token", /\bBearer +[\w.~+/-]{30,}/],
];

/** The longest private key in DER, with room; larger files are not tried. */
const KEY_BYTES_MAX = 8_192;
const DER_SEQUENCE = 0x30;

/** What about a file looks like a secret; empty when nothing does. */
export function secretShapes(path: string, content: Buffer): string[] {
  const text = content.toString("latin1");
  return [
    ...(SECRET_NAMES.some((name) => name.test(path)) ? ["a name for secrets"] : []),
    ...SECRET_TEXTS.filter(([, shape]) => shape.test(text)).map(([what]) => what),
    ...(isKeyInDer(content) ? ["a private key in DER"] : []),
  ];
}

function isKeyInDer(content: Buffer): boolean {
  if (content[0] !== DER_SEQUENCE || content.length > KEY_BYTES_MAX) return false;
  return (["pkcs8", "pkcs1", "sec1"] as const).some((type) => {
    try {
      return createPrivateKey({ key: content, format: "der", type }).type === "private";
    } catch {
      return false;
    }
  });
}
