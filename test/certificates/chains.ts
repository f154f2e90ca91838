// Servers' certificates of every kind, with what has to be embedded for each.
import { issue as issueOne, type Issued, type IssueRequest, type KeyName } from "./issue.ts";

/** What a server sends, whom we trust, and what is right. */
export interface Chain {
  name: string;
  sent: Issued[];
  roots: Issued[];
  /** The name of the certificate to embed, or how the problem is put. */
  right: string | RegExp;
  /** A note on what the server does wrong. */
  fault?: RegExp;
  /** OpenSSL accepts these too, the board does not. */
  boardRefuses?: string[];
}

/** The name in every server certificate here. */
export const HOST = "local.example";

interface Issuer {
  issue(request: IssueRequest): Promise<Issued>;
  /** A server certificate. */
  leafOf(issuer: Issued | undefined, more?: Partial<IssueRequest>): Promise<Issued>;
}

/** For interpreters without elliptic curves: other keys, the same shapes. */
const RSA_FOR: Partial<Record<KeyName, KeyName>> = {
  "p-256": "rsa-2048-b", "p-256-b": "rsa-3072", "p-256-c": "rsa-2048-c", "p-384": "rsa-2048", "p-384-b": "rsa-4096-b", "p-521": "rsa-4096",
};

/**
 * Issues all of them.
 * @param options.leafKey of the server certificates, unless the case is about it
 * @param options.rsaOnly takes RSA keys in place of all EC keys
 */
export async function makeChains(options: { leafKey?: KeyName; rsaOnly?: boolean } = {}): Promise<Chain[]> {
  const keyFor = (key: KeyName): KeyName => (options.rsaOnly && RSA_FOR[key]) || key;
  const issue: Issuer["issue"] = (request) => issueOne({ ...request, key: keyFor(request.key) });
  const leafOf: Issuer["leafOf"] = (issuer, more = {}) =>
    issue({ name: HOST, key: options.leafKey ?? "p-256-c", issuer, hosts: [HOST, "127.0.0.1"], ...more });
  return (await Promise.all([ordinary, crossSigned, outOfDate, selfSigned, keys, shapes].map((make) => make({ issue, leafOf })))).flat();
}

async function ordinary({ issue, leafOf }: Issuer): Promise<Chain[]> {
  const root = await issue({ name: "EC root", key: "p-384" });
  const other = await issue({ name: "Other root", key: "p-384-b" });
  const middle = await issue({ name: "Middle", key: "p-256", issuer: root, days: [-1, 400] });
  const leaf = await leafOf(middle);
  const rsaRoot = await issue({ name: "RSA root", key: "rsa-2048" });
  const rsaMiddle = await issue({ name: "RSA middle", key: "rsa-2048-b", issuer: rsaRoot });
  const roots = [root, other, rsaRoot];
  return [
    { name: "EC: an intermediate and a root", sent: [leaf, middle], roots, right: "EC root" },
    { name: "RSA: an intermediate and a root", sent: [await leafOf(rsaMiddle, { key: "rsa-2048-c" }), rsaMiddle], roots, right: "RSA root" },
    { name: "EC certificate under RSA", sent: [await leafOf(rsaMiddle), rsaMiddle], roots, right: "RSA root" },
    { name: "the root is sent too", sent: [leaf, middle, root], roots, right: "EC root" },
    { name: "a certificate that has nothing to do with it is sent too", sent: [leaf, other, middle], roots, right: "EC root" },
    { name: "the server's certificate alone, signed by a root", sent: [await leafOf(root)], roots, right: "EC root" },
    { name: "a missing intermediate", sent: [leaf], roots, right: /does not send the certificate that signed "local.example" \(CN=Middle\)/ },
    { name: "a root that nobody trusts", sent: [leaf, middle, root], roots: [other], right: /ends in "EC root", which is not in the root store.*--fingerprint/s },
    {
      name: "an intermediate of another authority with the same name", sent: [leaf, await issue({ name: "Middle", key: "p-256-b", issuer: other })], roots,
      right: /does not send the certificate that signed "local.example"/,
    },
  ];
}

async function crossSigned({ issue, leafOf }: Issuer): Promise<Chain[]> {
  const old = await issue({ name: "Old RSA root", key: "rsa-4096", days: [-1, 3_000] });
  const young = await issue({ name: "Young EC root", key: "p-384" });
  const cross = await issue({ name: "Young EC root", key: "p-384", issuer: old });
  const middle = await issue({ name: "Middle", key: "p-256", issuer: young });
  const leaf = await leafOf(middle);
  const underOld = await issue({ name: "Shared", key: "p-256-b", issuer: old });
  const underYoung = await issue({ name: "Shared", key: "p-256-b", issuer: young });
  const shared = await leafOf(underOld);
  const soonOver = await issue({ name: "Young EC root", key: "p-384", days: [-1, 90] });
  return [
    { name: "cross-signed, both roots trusted: fewer signatures", sent: [leaf, middle, cross], roots: [old, young], right: "Young EC root" },
    { name: "cross-signed, only the old root trusted", sent: [leaf, middle, cross], roots: [old], right: "Old RSA root" },
    { name: "cross-signed, but the new root's own certificate is left out", sent: [leaf, middle], roots: [old, young], right: "Young EC root" },
    { name: "cross-signed, and the new root soon expires", sent: [leaf, middle, cross], roots: [old, soonOver], right: "Old RSA root" },
    {
      name: "an intermediate twice: mbedTLS follows the first", sent: [shared, underOld, underYoung], roots: [old, young],
      right: "Old RSA root", boardRefuses: ["Young EC root"],
    },
    {
      name: "an intermediate twice, the other way round", sent: [shared, underYoung, underOld], roots: [old, young],
      right: "Young EC root", boardRefuses: ["Old RSA root"],
    },
  ];
}

async function outOfDate({ issue, leafOf }: Issuer): Promise<Chain[]> {
  const root = await issue({ name: "EC root", key: "p-384" });
  const old = await issue({ name: "Old root", key: "rsa-2048", days: [-100, -10] });
  const expired = await issue({ name: "Middle", key: "p-256", issuer: root, days: [-100, -10] });
  const renewed = await issue({ name: "Middle", key: "p-256", issuer: root });
  const cross = await issue({ name: "EC root", key: "p-384", issuer: old, days: [-100, -10] });
  const leaf = await leafOf(expired);
  return [
    { name: "an expired intermediate", sent: [leaf, expired], roots: [root], right: /leads over "Middle", which is valid from/, fault: /sends "Middle", which is valid/ },
    { name: "an expired intermediate beside the renewed one", sent: [leaf, expired, renewed], roots: [root], right: "EC root", fault: /sends "Middle", which is valid/ },
    { name: "an expired cross-certificate", sent: [leaf, renewed, cross], roots: [root], right: "EC root", fault: /sends "EC root"/ },
    { name: "an expired root", sent: [await leafOf(old)], roots: [old], right: /leads over "Old root"/ },
    { name: "an expired server certificate", sent: [await leafOf(root, { days: [-9, -1] })], roots: [root], right: /own certificate expired on/ },
    { name: "a server certificate of tomorrow", sent: [await leafOf(root, { days: [1, 9] })], roots: [root], right: /not valid before .* clock right/ },
  ];
}

async function selfSigned({ leafOf }: Issuer): Promise<Chain[]> {
  const plain = await leafOf(undefined);
  const authority = await leafOf(undefined, { isAuthority: true });
  const signsOnly = await leafOf(undefined, { isAuthority: true, signsOnly: true });
  return [
    { name: "self-signed", sent: [plain], roots: [], right: /is self-signed .*`pins`/s },
    { name: "self-signed, as an authority", sent: [authority], roots: [], right: /ends in "local.example", which is not in the root store/ },
    { name: "self-signed, as an authority that is trusted", sent: [authority], roots: [authority], right: HOST, fault: /own certificate is its root/ },
    {
      name: "self-signed, as an authority whose key is not for servers", sent: [signsOnly], roots: [signsOnly],
      right: /not meant for a server/, fault: /own certificate is its root/,
    },
    { name: "self-signed and trusted, but no authority", sent: [plain], roots: [plain], right: /not an authority's/, fault: /own certificate is its root/ },
  ];
}

async function keys({ issue, leafOf }: Issuer): Promise<Chain[]> {
  const underRoot = async (key: KeyName, right: Chain["right"]): Promise<Chain> => {
    const root = await issue({ name: `Root ${key}`, key });
    const middle = await issue({ name: "Middle", key: "p-256", issuer: root });
    return { name: `a root with ${key}`, sent: [await leafOf(middle), middle], roots: [root], right, boardRefuses: right === "Middle" ? [root.name] : [] };
  };
  const root = await issue({ name: "EC root", key: "p-384" });
  const big = await issue({ name: "Big middle", key: "rsa-8192", issuer: root });
  const sha1 = await issue({ name: "SHA-1 middle", key: "rsa-2048", issuer: await issue({ name: "Old root", key: "rsa-2048-b" }), hash: "SHA-1" });
  return [
    await underRoot("rsa-1024", "Middle"), await underRoot("rsa-2048", "Root rsa-2048"), await underRoot("rsa-3072", "Root rsa-3072"),
    await underRoot("rsa-4096", "Root rsa-4096"), await underRoot("rsa-8192", "Middle"),
    await underRoot("p-256-b", "Root p-256-b"), await underRoot("p-384", "Root p-384"), await underRoot("p-521", "Root p-521"),
    await underRoot("ed25519", /sends "Middle": the firmware's mbedTLS does not know Ed25519 signatures/),
    { name: "an intermediate with rsa-8192", sent: [await leafOf(big), big], roots: [root], right: /Big middle: an RSA 8192 key is too long for the ESP32/ },
    { name: "a server certificate with rsa-8192", sent: [await leafOf(root, { key: "rsa-8192" })], roots: [root], right: /local\.example: an RSA 8192 key is too long/ },
    { name: "a server certificate with rsa-1024", sent: [await leafOf(root, { key: "rsa-1024" })], roots: [root], right: /local\.example: an RSA 1024 key is too short/ },
    { name: "a server certificate signed with SHA-1", sent: [await leafOf(root, { hash: "SHA-1" })], roots: [root], right: /not every firmware's mbedTLS takes SHA-1/ },
    {
      name: "an intermediate signed with SHA-1", sent: [await leafOf(sha1), sha1], roots: [await issue({ name: "Old root", key: "rsa-2048-b" })],
      right: "SHA-1 middle", boardRefuses: ["Old root"],
    },
  ];
}

async function shapes({ issue, leafOf }: Issuer): Promise<Chain[]> {
  const root = await issue({ name: "EC root", key: "p-384" });
  const upper = await issue({ name: "Upper", key: "p-256", issuer: root, days: [-1, 900] });
  const lower = await issue({ name: "Lower", key: "p-256-b", issuer: upper, days: [-1, 500] });
  const leaf = await leafOf(lower);
  const long = [root];
  for (let i = 1; i <= 11; i++) long.push(await issue({ name: `Link ${i}`, key: i % 2 ? "p-256" : "p-256-b", issuer: long.at(-1)!, days: [-1, 990 - i] }));
  const sent = [await leafOf(long.at(-1)!), ...long.slice(1).reverse()];
  const nine = [await leafOf(long[8]!), ...long.slice(1, 9).reverse()];
  const tight = await issue({ name: "Tight root", key: "p-384-b", pathLength: 0 });
  const below = await issue({ name: "Below", key: "p-256", issuer: tight });
  return [
    { name: "wrong order", sent: [leaf, upper, lower], roots: [root], right: "Upper", fault: /wrong order/, boardRefuses: ["EC root"] },
    { name: "right order", sent: [leaf, lower, upper], roots: [root], right: "EC root" },
    { name: "12 certificates", sent, roots: [root], right: "Link 3", boardRefuses: ["EC root", "Link 1", "Link 2"] },
    { name: "8 intermediates", sent: nine, roots: [root], right: "EC root" },
    { name: "a root that allows no intermediates", sent: [await leafOf(below), below], roots: [tight], right: /does not send the certificate that signed "Below"/ },
  ];
}
